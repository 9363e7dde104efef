/** A name as results have it: `meanRateRps` is `mean_rate_rps`. */
type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : Name;

/** A value whose keys, at every depth, are named as results have them. */
export type SnakeCased<Value> = Value extends readonly (infer Item)[]
  ? SnakeCased<Item>[]
  : Value extends object
    ? { [Key in keyof Value as Key extends string ? SnakeCase<Key> : Key]: SnakeCased<Value[Key]> }
    : Value;

/** Renames the keys of plain data, at every depth. */
export function snakeCased<Value>(value: Value): SnakeCased<Value>;
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => snakeCased(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [snakeName(key), snakeCased(field as unknown)]),
  );
}

function snakeName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
