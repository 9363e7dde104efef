/** A place where a text is not JSON. */
export interface JsonError {
  /** Characters before it. */
  offset: number;
  reason: string;
}

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex
const LITERAL = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/**
 * The first place where a text breaks the grammar of RFC 8259, or nests deeper than `maxDepth`; `undefined` where it is JSON.
 *
 * The engine's own parser words its errors differently in each engine, and some without a place.
 */
export function firstJsonError(text: string, maxDepth: number): JsonError | undefined {
  return new Scanner(text, maxDepth).run();
}

class Scanner {
  private at = 0;
  /** Closing brackets due, innermost last. */
  private readonly closing: ("}" | "]")[] = [];

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  run(): JsonError | undefined {
    this.skip(SPACE);
    for (;;) {
      const opened = this.value();
      if (typeof opened !== "boolean") return opened;
      const error = opened ? this.afterOpening() : this.afterValue();
      if (error === "end") return undefined;
      if (error) return error;
    }
  }

  /** True where it opened an object or list that is not empty. */
  private value(): JsonError | boolean {
    const first = this.text[this.at];
    if (first === "{" || first === "[") {
      if (this.closing.length >= this.maxDepth)
        return this.error(`lists and objects are nested more than ${this.maxDepth} deep`);
      this.closing.push(first === "{" ? "}" : "]");
      this.at++;
      this.skip(SPACE);
      return this.text[this.at] !== this.closing.at(-1);
    }
    if (first === '"') return this.skip(TEXT) ? false : this.badText();
    return this.skip(LITERAL) ? false : this.expected("a value");
  }

  private afterOpening(): JsonError | undefined {
    return this.closing.at(-1) === "}" ? this.key() : undefined;
  }

  /** Closes what ends here, up to the comma before the next value. */
  private afterValue(): JsonError | "end" | undefined {
    for (;;) {
      this.skip(SPACE);
      const close = this.closing.at(-1);
      if (close === undefined) return this.at === this.text.length ? "end" : this.expected("the end of the file");
      if (this.text[this.at] === close) {
        this.closing.pop();
        this.at++;
        continue;
      }
      if (this.text[this.at] !== ",") return this.expected(`"," or "${close}"`);
      this.at++;
      this.skip(SPACE);
      return close === "}" ? this.key() : undefined;
    }
  }

  private key(): JsonError | undefined {
    if (this.text[this.at] !== '"') return this.expected("a key in double quotes");
    if (!this.skip(TEXT)) return this.badText();
    this.skip(SPACE);
    if (this.text[this.at] !== ":") return this.expected('":"');
    this.at++;
    this.skip(SPACE);
    return undefined;
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private expected(what: string): JsonError {
    const found = this.text[this.at];
    return this.error(`expected ${what}, found ${found === undefined ? "the end of the file" : JSON.stringify(found)}`);
  }

  private badText(): JsonError {
    return this.error("text that does not end on its line, or with a backslash that JSON does not know");
  }

  private error(reason: string): JsonError {
    return { offset: this.at, reason };
  }
}
