/** A part of the page. */
export interface Section {
  /** Rows of the summary: what, error, aim. */
  summary: string[][];
  text: string;
}
