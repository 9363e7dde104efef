/** What the rows of a trace add up to: the checksum by which readers prove that they read the same. */
export interface RowTotals {
  rows: number;
  inputTokens: number;
  outputTokens: number;
  firstArrivalS: number;
  lastArrivalS: number;
}

export function noRows(): RowTotals {
  return { rows: 0, inputTokens: 0, outputTokens: 0, firstArrivalS: 0, lastArrivalS: 0 };
}

export function addRow(totals: RowTotals, arrivalS: number, inputTokens: number, outputTokens: number): void {
  if (totals.rows === 0) totals.firstArrivalS = arrivalS;
  totals.rows++;
  totals.inputTokens += inputTokens;
  totals.outputTokens += outputTokens;
  totals.lastArrivalS = arrivalS;
}

/** @throws Error if two readers did not read the same, to the microsecond. */
export function requireSameRows(name: string, a: RowTotals, b: RowTotals): void {
  const spanUs = ({ firstArrivalS, lastArrivalS }: RowTotals) => Math.round((lastArrivalS - firstArrivalS) * 1e6);
  const isSame =
    a.rows === b.rows &&
    a.inputTokens === b.inputTokens &&
    a.outputTokens === b.outputTokens &&
    spanUs(a) === spanUs(b);
  if (!isSame) throw new Error(`${name} read something else: ${JSON.stringify(a)}, ${JSON.stringify(b)}`);
}
