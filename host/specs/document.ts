import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  type Document,
  type ErrorCode,
  type Node,
} from "yaml";
import { pathText, shown, type FieldNaming, type FieldPath } from "./check.js";
import { InputError } from "./input-error.js";
import { firstJsonError } from "./json-syntax.js";

/** Most bytes of a spec file. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Most tokens (words, marks, gaps) of a spec file; the largest fleet that is allowed has about a fifth of them. */
const MAX_LEXEMES = 1_000_000;
/** Most characters in one token. */
const MAX_LEXEME_LENGTH = 65_536;
/** Most values, those that aliases repeat counted each time. */
const MAX_VALUES = 1_000_000;
/** Deepest nesting of lists and objects. */
const MAX_DEPTH = 64;

/** A file of JSON or YAML as plain data that remembers where each field stands. */
export interface SpecDocument {
  /** Null, booleans, numbers, strings, arrays, and objects without a prototype. */
  readonly value: unknown;
  /** `file:line:column: field` of a field, or of what encloses it if it is not there; lines and columns from 1. */
  readonly nameOf: FieldNaming;
}

/**
 * Reads JSON (files named `.json`, strictly) or YAML 1.2.
 *
 * Bounded in time and memory whatever the text: see the limits above.
 *
 * @throws InputError with file, line and column: not JSON or YAML, a key given twice, more than one document, an unknown tag, an
 *   alias without its anchor or beyond the limits.
 */
export function readDocument(text: string, fileName: string): SpecDocument {
  checkSize(text, fileName);
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  checkLexemes(source, fileName);
  if (/\.json$/i.test(fileName)) checkJson(source, fileName);
  const lines = new LineCounter();
  const document = parseYaml(source, fileName, lines);
  const reader = new Reader(fileName, lines);
  return {
    value: reader.read(document.contents),
    nameOf: (path) => `${reader.place(document.contents, path)}: ${pathText(path, "the file")}`,
  };
}

function checkSize(text: string, fileName: string): void {
  const bytes = text.length > MAX_FILE_BYTES ? text.length : new TextEncoder().encode(text).length;
  if (bytes > MAX_FILE_BYTES)
    throw new InputError(`${fileName}: the file has ${bytes} bytes, but must have at most 16 MiB.`);
}

function checkLexemes(source: string, fileName: string): void {
  let count = 0;
  for (const lexeme of new Lexer().lex(source)) {
    count++;
    if (count > MAX_LEXEMES)
      throw new InputError(`${fileName}: the file has more than ${MAX_LEXEMES} words and marks.`);
    if (lexeme.length > MAX_LEXEME_LENGTH) {
      throw new InputError(
        `${fileName}: ${shown(lexeme)} has ${lexeme.length} characters; the most allowed in one value is 65536.`,
      );
    }
  }
}

/** YAML takes nearly all JSON, but also much that is not: a missing comma would become part of the text before it. */
function checkJson(source: string, fileName: string): void {
  const error = firstJsonError(source, MAX_DEPTH);
  if (!error) return;
  const before = source.slice(0, error.offset).split("\n");
  const place = `${fileName}:${before.length}:${before.at(-1)!.length + 1}`;
  throw new InputError(`${place}: not valid JSON: ${error.reason}.`);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function parseYaml(source: string, fileName: string, lineCounter: LineCounter): Document.Parsed {
  // Keys are compared here, in linear time; the parser's own check takes the square of their number.
  const options = { prettyErrors: false, uniqueKeys: false, lineCounter };
  const document = parseDocument(source, options);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    const reason = YAML_REASONS[problem.code] ?? lowerFirst(problem.message);
    throw new InputError(`${fileName}:${line}:${col}: not valid YAML: ${reason}.`);
  }
  return document;
}

/** Reasons that the parser words for its programmer. */
const YAML_REASONS: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: "a second document begins here; one file holds one",
  RESOURCE_EXHAUSTION: "lists and objects are nested too deeply",
};

type MaybeNode = Node | null | undefined;

/** Turns nodes into plain data, and finds them again by path. */
class Reader {
  private readonly anchors = new Map<string, Node>();
  /** What each alias stood for where it stands: anchors may be set anew further on. */
  private readonly targets = new Map<Node, Node>();
  private values = 0;

  constructor(
    private readonly fileName: string,
    private readonly lines: LineCounter,
  ) {}

  read(node: MaybeNode, depth = 0): unknown {
    if (!node) return null;
    this.values++;
    if (this.values > MAX_VALUES) throw this.error(node, `aliases repeat more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw this.error(node, `lists and objects are nested more than ${MAX_DEPTH} deep`);
    if (isAlias(node)) return this.read(this.aliasTarget(node, node.source), depth + 1);
    if ("anchor" in node && node.anchor) this.anchors.set(node.anchor, node);
    if (isSeq<Node>(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isMap<Node, Node>(node)) return this.readMap(node.items, depth);
    return isScalar(node) ? node.value : null;
  }

  private readMap(pairs: readonly { key: Node; value: Node | null }[], depth: number): Record<string, unknown> {
    const object = Object.create(null) as Record<string, unknown>;
    for (const pair of pairs) {
      const key = this.key(pair.key);
      if (Object.hasOwn(object, key) && !key.startsWith("_")) {
        throw this.error(pair.key, `the key ${shown(key)} is given twice in one object`);
      }
      object[key] = this.read(pair.value, depth + 1);
    }
    return object;
  }

  private key(node: Node): string {
    if (!isScalar(node)) throw this.error(node, "a key must be text, not a list, an object or an alias");
    return String(node.value);
  }

  private aliasTarget(alias: Node, anchor: string): Node {
    const target = this.targets.get(alias) ?? this.anchors.get(anchor);
    if (!target) throw this.error(alias, `the alias *${anchor} has no anchor &${anchor} before it`);
    this.targets.set(alias, target);
    return target;
  }

  private error(node: Node, reason: string): InputError {
    return new InputError(`${this.at(node)}: ${reason}.`);
  }

  private at(node: MaybeNode): string {
    const offset = node?.range?.[0];
    if (offset === undefined) return `${this.fileName}:1:1`;
    const { line, col } = this.lines.linePos(offset);
    return `${this.fileName}:${line}:${col}`;
  }

  /** Place of the value at a path; of its key if it has no value; of the innermost object there if it has no key. */
  place(root: MaybeNode, path: FieldPath): string {
    let node = root;
    let seen = root;
    for (const key of path) {
      if (node && isAlias(node)) node = this.targets.get(node);
      if (node && isSeq<Node>(node)) node = node.items[Number(key)];
      else if (node && isMap<Node, Node>(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
        if (!pair) break;
        node = pair.value ?? pair.key;
      } else break;
      if (!node) break;
      seen = node;
    }
    return this.at(seen);
  }
}
