/**
 * Reads `chunk-N-trace.csv` of a ServeGen folder: `window_start_s,rate,cv,pattern,shape,scale`, without a header.
 */
import type { GapPattern, ServeGenWindow } from "./client.js";
import { quoted } from "../rows/unusable-rows.js";
import { InputError } from "../../../specs/input-error.js";

const COLUMNS = ["window start", "rate", "cv", "pattern", "shape", "scale"];
const PATTERNS: readonly string[] = ["", "Gamma", "Weibull", "Poisson"];
/** Shapes outside make gaps of which almost all are zero, or that never end. */
const SHAPES: Record<GapPattern, readonly [number, number]> = {
  "": [0, Infinity],
  Gamma: [0.001, 1e6],
  Weibull: [0.05, 100],
  Poisson: [0, Infinity],
};
const MOST_RATE = 1e6;

/**
 * The windows in a text.
 *
 * @param name - The file, for messages.
 * @throws InputError at the first line that is not as it must be.
 */
export function parseWindows(text: string, name: string): ServeGenWindow[] {
  const windows: ServeGenWindow[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${name}:${index + 1}`;
    const window = parseWindow(line.trimEnd(), where);
    const [first, last] = [windows[0], windows.at(-1)];
    if (last) {
      const stepS = windows.length > 1 ? windows[1]!.startS - first!.startS : window.startS - last.startS;
      if (!(stepS > 0) || window.startS - last.startS !== stepS) {
        throw new InputError(
          `${where}: the window starts at ${window.startS} s; windows must be ascending and evenly spaced.`,
        );
      }
    }
    windows.push(window);
  }
  if (windows.length === 0) throw new InputError(`${name}: is empty; a window a line is needed.`);
  return windows;
}

function parseWindow(line: string, where: string): ServeGenWindow {
  const fields = line.split(",");
  if (fields.length !== COLUMNS.length) {
    throw new InputError(`${where}: has ${fields.length} fields; needed are ${COLUMNS.length}: ${COLUMNS.join(", ")}.`);
  }
  const number = (column: number) => {
    const text = fields[column]!;
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value < Infinity)) {
      throw new InputError(`${where}: ${COLUMNS[column]} is ${quoted(text)}; allowed is a number from 0.`);
    }
    return value;
  };
  const [startS, rateRps, cv, shape, scale] = [number(0), number(1), number(2), number(4), number(5)];
  const pattern = fields[3]!;
  if (!isPattern(pattern)) {
    throw new InputError(`${where}: pattern is ${quoted(pattern)}; allowed are Gamma, Weibull, Poisson and nothing.`);
  }
  if (rateRps > MOST_RATE)
    throw new InputError(`${where}: rate is ${rateRps}; allowed are at most ${MOST_RATE} requests/s.`);
  if (rateRps > 0) checkShape(pattern, shape, where);
  return { startS, rateRps, cv, pattern, shape, scale };
}

function checkShape(pattern: GapPattern, shape: number, where: string): void {
  if (pattern === "")
    throw new InputError(`${where}: has a rate but no pattern; allowed are Gamma, Weibull and Poisson.`);
  const [low, high] = SHAPES[pattern];
  if (shape >= low && shape <= high) return;
  throw new InputError(`${where}: shape is ${shape}; allowed is ${low} to ${high} for ${pattern}.`);
}

function isPattern(text: string): text is GapPattern {
  return PATTERNS.includes(text);
}
