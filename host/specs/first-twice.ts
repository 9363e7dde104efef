/** The first value that stands in a list a second time; `undefined` if none does. */
export function firstTwice<Value>(values: readonly Value[]): Value | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
