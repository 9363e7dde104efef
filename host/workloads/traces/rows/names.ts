/**
 * Names (labels, categories) met in a trace, each with a small number.
 */

/** Longest name, bytes of UTF-8. */
const LONGEST_NAME = 1024;
export const NAME_TOO_LONG = -1;
export const TOO_MANY_NAMES = -2;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Numbers names in order of appearance; 0 is the empty name. A name seen before costs no string. */
export class NameTable {
  readonly names: string[] = [""];
  private readonly encoded: Uint8Array[] = [new Uint8Array(0)];
  private readonly byText = new Map<string, number>([["", 0]]);
  private readonly byHash = new Map<number, number>([[hashOf(new Uint8Array(0), 0, 0), 0]]);

  /** @param most - Most names, the empty one included. */
  constructor(private readonly most: number) {}

  /** The number of the name in `bytes[start .. end)`, {@link NAME_TOO_LONG} or {@link TOO_MANY_NAMES}. */
  ofBytes(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > LONGEST_NAME) return NAME_TOO_LONG;
    const known = this.byHash.get(hashOf(bytes, start, end));
    if (known !== undefined && isEqual(this.encoded[known]!, bytes, start, end)) return known;
    return this.ofText(decoder.decode(bytes.subarray(start, end)));
  }

  /** The number of a name, {@link NAME_TOO_LONG} or {@link TOO_MANY_NAMES}. */
  ofText(text: string): number {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const bytes = encoder.encode(text);
    if (bytes.length > LONGEST_NAME) return NAME_TOO_LONG;
    if (this.names.length >= this.most) return TOO_MANY_NAMES;
    const number = this.names.length;
    this.names.push(text);
    this.encoded.push(bytes);
    this.byText.set(text, number);
    const hash = hashOf(bytes, 0, bytes.length);
    if (!this.byHash.has(hash)) this.byHash.set(hash, number);
    return number;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function isEqual(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}
