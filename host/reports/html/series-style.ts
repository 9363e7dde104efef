/** Colours of series that a page has; CSS names them `--series-0` and on. */
export const SERIES_COLOURS = 8;

/** How a series is told from others: by colour, and without colours by its dashes. Lengths in CSS pixels. */
export interface SeriesStyle {
  /** The CSS variable of its colour. */
  colour: string;
  dash: readonly number[];
  width: number;
}

const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 5],
  [5, 2],
  [1, 2],
  [8, 3, 2, 3, 2, 3],
];

/** The style of the `index`-th series that is no total. */
function seriesStyle(index: number, isTotal = false): SeriesStyle {
  if (isTotal) return { colour: "--text", dash: [], width: 2.5 };
  return { colour: `--series-${index % SERIES_COLOURS}`, dash: DASHES[index % DASHES.length]!, width: 1.75 };
}

/** The styles of some series, in their order. */
export function seriesStyles(series: readonly { isTotal?: boolean }[]): SeriesStyle[] {
  let parts = 0;
  return series.map(({ isTotal }) => (isTotal ? seriesStyle(0, true) : seriesStyle(parts++)));
}
