import { check, type FieldNaming, type FieldPath, shown } from "../check.js";
import { wholeNumber } from "../fields.js";
import { InputError } from "../input-error.js";
import { isObject } from "../is-object.js";

/** Most entries of a list over layers. */
const MAX_LAYERS = 1000;

/** An object of `config.json`: its keys, and how messages call them. A key whose value is null counts as left out. */
export class ConfigFields {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly at: FieldPath,
    private readonly nameOf: FieldNaming,
    private readonly defaults: Readonly<Record<string, number>> = {},
  ) {}

  /** The same keys, with what stands in for those left out. */
  withDefaults(defaults: Readonly<Record<string, number>>): ConfigFields {
    return new ConfigFields(this.values, this.at, this.nameOf, defaults);
  }

  /** The value of a key; `undefined` if it is left out. */
  get(key: string): unknown {
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    return value ?? this.defaults[key];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** The first of these keys that is there. */
  first(...keys: readonly string[]): string | undefined {
    return keys.find((key) => this.has(key));
  }

  /** A whole number from `low` to `high`; `undefined` if it is left out. */
  whole(key: string, low: number, high: number): number | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : check(wholeNumber(low, high), value, () => this.name(key));
  }

  /** True or false; `undefined` if it is left out. */
  flag(key: string): boolean | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.mistake(key, "must be true or false");
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.mistake(key, "must be text");
  }

  /** A list of at most one entry a layer; `undefined` if it is left out. */
  list(key: string): readonly unknown[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length <= MAX_LAYERS) return value as unknown[];
    throw this.mistake(key, `must be a list of at most ${MAX_LAYERS} entries`);
  }

  /** The object under a key; `undefined` if it is left out. */
  object(key: string): ConfigFields | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw this.mistake(key, "must be an object");
    return new ConfigFields(value, [...this.at, key], this.nameOf);
  }

  keys(): string[] {
    return Object.keys(this.values);
  }

  name(key: string): string {
    return this.nameOf([...this.at, key]);
  }

  /** Path of a key from the root, as a source names it. */
  path(key: string): string {
    return [...this.at, key].join(".");
  }

  mistake(key: string, clause: string): InputError {
    const value = this.get(key);
    const found = value === undefined ? `is missing; it ${clause}` : `is ${shown(value)}, but ${clause}`;
    return new InputError(`${this.name(key)} ${found}.`);
  }
}
