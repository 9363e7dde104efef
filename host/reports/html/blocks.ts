/** Blocks of a page, each in one call. Tables of reports: {@link tableOf}. */
import type { FactsBlock, FrontierChart, FrontierPoint, ListBlock, TextBlock, Tone, Verdict } from "./page-spec.js";
import type { LabelledWords } from "../paragraph.js";
import { withoutColours } from "./tables.js";

/** A paragraph. */
export function textBlock(text: string): TextBlock {
  return { kind: "text", text: withoutColours(text) };
}

/** Short paragraphs. */
export function listBlock(items: readonly string[], tone?: Tone): ListBlock {
  return { kind: "list", items: items.map(withoutColours), ...(tone === undefined ? {} : { tone }) };
}

/** Pairs of a name and what is to be said of it, in order. */
export function factsBlock(facts: Readonly<Record<string, string>>): FactsBlock {
  return {
    kind: "facts",
    facts: Object.entries(facts).map(([label, text]) => ({ label, text: withoutColours(text) })),
  };
}

/** What a report for the terminal says, each under its label. */
export function wordsBlock(words: readonly LabelledWords[]): FactsBlock {
  return { kind: "facts", facts: words.map(([label, text]) => ({ label, text: withoutColours(text) })) };
}

/** Words of a report as a sentence of a page: begun with a capital, ended with a full stop. */
export function sentence(words: string): string {
  const plain = withoutColours(words);
  return plain.charAt(0).toUpperCase() + plain.slice(1) + (/[.!?]$/.test(plain) ? "" : ".");
}

/** The verdict of a page. */
export function verdict(tone: Tone, text: string): Verdict {
  return { tone, text: withoutColours(text) };
}

/** What a frontier of latencies needs to know. */
export interface LatencyFrontier {
  title?: string;
  /** What is paid for the latency: its name and unit. */
  cost: FrontierChart["x"];
  /** Name of the latency. Default `P99 TTFT`; in ms. */
  latency?: string;
  points: readonly FrontierPoint[];
  /** Of the latency, ms. */
  objectiveMs?: number;
  note?: string;
}

/** Candidates by what they cost and by a latency in ms, which stands on a logarithmic axis, with the objective as a line. */
export function latencyFrontier(options: LatencyFrontier): FrontierChart {
  const { cost, latency = "P99 TTFT", points, objectiveMs, note } = options;
  const { title = `${cost.label} and ${latency}` } = options;
  return {
    kind: "frontier",
    title,
    ...(note === undefined ? {} : { note }),
    x: cost,
    y: { label: latency, format: "milliseconds", scale: "log" },
    points: efficient(points),
    ...(objectiveMs === undefined ? {} : { limit: { label: "objective", value: objectiveMs } }),
  };
}

/** Marks the feasible candidates that no other feasible one is at least as good as in both and better in one; of equal ones the first. Estimates neither count nor beat. */
export function efficient(points: readonly FrontierPoint[]): FrontierPoint[] {
  const beaten = (one: FrontierPoint, at: number) =>
    points.some((other, index) => {
      if (
        !other.isFeasible ||
        other.isEstimate ||
        !isPlaced(other) ||
        !isPlaced(one) ||
        other.x > one.x ||
        other.y > one.y
      )
        return false;
      return other.x < one.x || other.y < one.y || index < at;
    });
  return points.map((point, index) => ({
    ...point,
    isEfficient:
      point.isEfficient ?? (point.isFeasible && !point.isEstimate && isPlaced(point) && !beaten(point, index)),
  }));
}

function isPlaced(point: FrontierPoint): point is FrontierPoint & { x: number; y: number } {
  return typeof point.x === "number" && typeof point.y === "number";
}
