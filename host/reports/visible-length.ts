/** Characters of a text that a terminal shows: colours take no place. */
export function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape sequences of colours
  return text.replaceAll(/\u001b\[[\d;]*m/g, "").length;
}
