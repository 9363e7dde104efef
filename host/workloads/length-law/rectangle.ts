import { discreteGauss, GAUSS_POINTS, LEAST_GAUSS_COUNT } from "./discrete-gauss.js";
import type { NodeList } from "./node-list.js";

/** Whole (input, output) pairs within bounds, both inclusive, all equally likely. */
export interface Rectangle {
  inputLow: number;
  inputHigh: number;
  outputLow: number;
  outputHigh: number;
  /** Share of all requests. */
  weight: number;
}

/** What part of a law is asked for. */
export interface Clip {
  /** Only requests with `low < input + output <= high`. */
  low: number;
  high: number;
  /** No node stands for prompts on both sides of a multiple of this. `Infinity`: wherever. */
  chunk: number;
}

/** Most chunks that the prompts of one cell are split by; beyond, several go together, which changes their mean by less than one in as many. */
const MOST_CHUNKS = 4096;

/** The chunk, or as many of them together as keep the number of parts of `span` prompt tokens within {@link MOST_CHUNKS}. */
export function chunkStep(chunk: number, span: number): number {
  return chunk * Math.max(1, Math.ceil(span / (chunk * MOST_CHUNKS)));
}

/** The longest prompt that takes as many chunks as one of `input` tokens. */
export function endOfChunk(input: number, chunk: number): number {
  return chunk === Infinity ? Infinity : Math.ceil(input / chunk) * chunk;
}

/** Pairs of a rectangle with `input + output <= total`. */
function pairsUpTo({ inputLow, inputHigh, outputLow, outputHigh }: Rectangle, total: number): number {
  const [inputs, outputs] = [inputHigh - inputLow + 1, outputHigh - outputLow + 1];
  const [short, long] = [Math.min(inputs, outputs), Math.max(inputs, outputs)];
  const rows = total - inputLow - outputLow + 1;
  if (rows <= long) return pairsBelow(rows, short);
  return short * long - pairsBelow(short + long - 1 - rows, short);
}

/** Pairs (a, b) from 0 on with `a + b < rows` and `a < short`, where b has no bound. */
function pairsBelow(rows: number, short: number): number {
  if (rows <= 0) return 0;
  const corner = Math.min(rows, short);
  return (corner * (corner + 1)) / 2 + (rows - corner) * short;
}

/** Share of all requests that lie in the rectangle and have `low < input + output <= high`. */
export function rectangleShare(rectangle: Rectangle, low: number, high: number): number {
  const { inputLow, inputHigh, outputLow, outputHigh, weight } = rectangle;
  const area = (inputHigh - inputLow + 1) * (outputHigh - outputLow + 1);
  return weight * ((pairsUpTo(rectangle, high) - pairsUpTo(rectangle, low)) / area);
}

/**
 * Adds the nodes of what a rectangle has in common with a clip.
 *
 * Bounds of the total cut a rectangle aslant. It is taken apart at the inputs where the outputs that are left change from "all" to "up to
 * the bound" and where the prompt takes a chunk more: in each of the parts the number of outputs is linear in the input, and sums of polynomials
 * over it are exact.
 */
export function addRectangle(nodes: NodeList, rectangle: Rectangle, clip: Clip): void {
  const { inputLow, inputHigh, outputLow, outputHigh, weight } = rectangle;
  const { low, high, chunk } = clip;
  const first = Math.max(inputLow, low + 1 - outputHigh);
  const last = Math.min(inputHigh, high - outputLow);
  const density = weight / ((inputHigh - inputLow + 1) * (outputHigh - outputLow + 1));
  const step = chunkStep(chunk, last - first);
  for (let from = first; from <= last;) {
    // Up to here the least and the greatest output keep to one bound each.
    const lowerIsAslant = low + 1 - from > outputLow;
    const upperIsAslant = high - from < outputHigh;
    let to = Math.min(last, endOfChunk(from, step));
    if (lowerIsAslant) to = Math.min(to, low - outputLow);
    if (!upperIsAslant) to = Math.min(to, high - outputHigh);
    addPart(nodes, {
      from,
      to,
      least: lowerIsAslant ? { at0: low + 1, slope: -1 } : { at0: outputLow, slope: 0 },
      most: upperIsAslant ? { at0: high, slope: -1 } : { at0: outputHigh, slope: 0 },
      density,
    });
    from = to + 1;
  }
}

/** `at0 + slope * input`. */
interface Line {
  at0: number;
  slope: number;
}

/** Inputs in a row, with outputs between two lines. */
interface Part {
  from: number;
  to: number;
  least: Line;
  most: Line;
  /** Share of requests of each pair. */
  density: number;
}

const at = (line: Line, input: number): number => line.at0 + line.slope * input;

function addPart(nodes: NodeList, part: Part): void {
  let { from, to } = part;
  const { least, most, density } = part;
  const outputsAt = (input: number) => at(most, input) - at(least, input) + 1;
  const slope = most.slope - least.slope;
  // Where the number of outputs falls to 1 or 2 at an end, those inputs are taken by themselves.
  while (slope > 0 && from <= to && outputsAt(from) < LEAST_GAUSS_COUNT) addOutputs(nodes, part, from++, density);
  while (slope < 0 && to >= from && outputsAt(to) < LEAST_GAUSS_COUNT) addOutputs(nodes, part, to--, density);
  const inputs = to - from + 1;
  if (inputs <= GAUSS_POINTS) {
    for (let input = from; input <= to; input++) addOutputs(nodes, part, input, density);
    return;
  }
  const { near, far, nearWeight, farWeight } = discreteGauss(inputs);
  const middle = (from + to) / 2;
  addOutputs(nodes, part, middle - far, density * inputs * farWeight);
  addOutputs(nodes, part, middle - near, density * inputs * nearWeight);
  addOutputs(nodes, part, middle + near, density * inputs * nearWeight);
  addOutputs(nodes, part, middle + far, density * inputs * farWeight);
}

/** Adds the outputs that go with one input; `density` is the share of each. */
function addOutputs(nodes: NodeList, { least, most }: Part, input: number, density: number): void {
  const low = at(least, input);
  const count = at(most, input) - low + 1;
  const isWhole = most.slope === least.slope || Number.isInteger(input);
  if (isWhole && count <= GAUSS_POINTS) {
    for (let j = 0; j < count; j++) nodes.add(input, low + j, density);
    return;
  }
  const { near, far, nearWeight, farWeight } = discreteGauss(count);
  const middle = low + (count - 1) / 2;
  const share = density * count;
  nodes.add(input, middle - far, share * farWeight);
  nodes.add(input, middle - near, share * nearWeight);
  nodes.add(input, middle + near, share * nearWeight);
  nodes.add(input, middle + far, share * farWeight);
}
