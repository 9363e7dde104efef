import { STATUS_COMPLETED } from "../../../assembly/contract.js";
import { rankOf } from "../../core/distribution.js";
import type { ResultRows } from "../../core/simulation.js";
import type { FirstToken } from "../../specs/stage-spec.js";
import type { LatencyObjective, LimitedFigure } from "./latency-objective.js";

/** What the judge looks at of settled requests. */
export type JudgedRows = Pick<
  ResultRows,
  "count" | "inputTokens" | "outputTokens" | "status" | "ttft" | "tpot" | "e2e" | "staged"
>;

const TICKS_PER_MS = 1e6;
type Columns = Readonly<Record<LimitedFigure, Float64Array>>;

function columnsOf(count: number): Columns {
  return { ttft: new Float64Array(count), tpot: new Float64Array(count), e2e: new Float64Array(count) };
}

/** No value exceeds these. */
const NO_LIMITS = { ttft: Infinity, tpot: Infinity, e2e: Infinity };
const FIGURES = ["ttft", "tpot", "e2e"] as const satisfies readonly LimitedFigure[];

/**
 * Counts, request by request, who keeps an objective. A percentile keeps its limit where no more requests exceed it than rank behind it: so a run is lost, whatever follows, once more have. A request that was not
 * completed exceeds every limit; one of a single token has no time between tokens, and keeps that limit.
 */
export class RequestJudge {
  /** Requests that were measured so far. */
  measured = 0;
  /** Of these, those that exceeded each condition. */
  readonly missed: number[];
  /** Most that may exceed each, of the whole run. */
  readonly allowed: readonly number[];
  /** Measured requests of the whole run. */
  readonly count: number;
  /** ms, or slowdowns, of the measured requests, in their order; Infinity where a request has none. */
  private readonly values: Columns;
  /** The same in ms. */
  private readonly ms: Columns;
  /** The limits of each condition. */
  private readonly most: readonly Record<LimitedFigure, number>[];
  private seen = 0;
  private readonly first: number;

  /**
   * @param requests Of the whole run.
   * @param warmup Share of them, from the first on, that is not measured.
   * @param firstToken Which side emits first tokens, where prefill and decode are apart.
   */
  constructor(
    private readonly objective: LatencyObjective,
    readonly requests: number,
    warmup: number,
    private readonly firstToken: FirstToken = "prefill",
  ) {
    this.first = Math.floor(warmup * requests);
    this.count = requests - this.first;
    this.most = objective.conditions.map(({ limits }) => ({ ...NO_LIMITS, ...limits }));
    this.missed = objective.conditions.map(() => 0);
    this.allowed = objective.conditions.map(({ share }) => this.count - rankOf(share, this.count));
    this.ms = columnsOf(this.count);
    this.values = objective.reference ? columnsOf(this.count) : this.ms;
  }

  /** Whether more have exceeded some condition than may. */
  get isLost(): boolean {
    return this.missed.some((missed, index) => missed > this.allowed[index]!);
  }

  /** How many times the misses that a condition allows there are; of the worst. At most 1: the objective is kept. */
  get excess(): number {
    return Math.max(...this.missed.map((missed, index) => missed / Math.max(1, this.allowed[index]!)));
  }

  /** Looks at requests that were settled, in order of arrival. */
  take(rows: JudgedRows): void {
    for (let row = 0; row < rows.count; row++) {
      if (this.seen++ < this.first || this.measured >= this.count) continue;
      this.measure(rows, row);
      this.judge(this.measured++);
    }
  }

  /** A percentile of the measured requests, as the objective has it; `null` where the request of that rank has no such figure. */
  percentile(figure: LimitedFigure, share: number): number | null {
    return this.percentileOf(this.values[figure], share);
  }

  /** The same in ms, whatever the objective. */
  percentileMs(figure: LimitedFigure, share: number): number | null {
    return this.percentileOf(this.ms[figure], share);
  }

  private percentileOf(values: Float64Array, share: number): number | null {
    if (this.measured === 0) return null;
    const value = values.slice(0, this.measured).sort()[rankOf(share, this.measured) - 1]!;
    return value === Infinity ? null : value;
  }

  /** Share of the measured requests that keep all of these limits. */
  shareWithin(limits: Partial<Record<LimitedFigure, number>>): number {
    const most = { ...NO_LIMITS, ...limits };
    let kept = 0;
    for (let i = 0; i < this.measured; i++) if (!this.exceeds(i, most)) kept++;
    return this.measured > 0 ? kept / this.measured : 0;
  }

  private judge(index: number): void {
    for (let condition = 0; condition < this.most.length; condition++) {
      if (this.exceeds(index, this.most[condition]!)) this.missed[condition]!++;
    }
  }

  private exceeds(index: number, most: Record<LimitedFigure, number>): boolean {
    const { ttft, tpot, e2e } = this.values;
    return ttft[index]! > most.ttft || tpot[index]! > most.tpot || e2e[index]! > most.e2e;
  }

  private measure(rows: JudgedRows, row: number): void {
    const at = this.measured;
    const { ms, values } = this;
    if (rows.status[row] !== STATUS_COMPLETED) {
      for (const figure of FIGURES) ms[figure][at] = values[figure][at] = Infinity;
      return;
    }
    const output = rows.outputTokens[row]!;
    const [emitted, whole] = [rows.ttft[row]!, rows.e2e[row]!];
    const perToken = this.objective.tpotOver === "n" ? (whole - emitted) / output : Math.max(0, rows.tpot[row]!);
    ms.ttft[at] = this.firstTicks(rows, row) / TICKS_PER_MS;
    ms.tpot[at] = perToken / TICKS_PER_MS;
    ms.e2e[at] = whole / TICKS_PER_MS;
    const { reference } = this.objective;
    if (reference === undefined) return;
    const alone = reference.times(rows.inputTokens[row]!);
    values.ttft[at] = ms.ttft[at] / alone.ttftMs;
    values.tpot[at] = ms.tpot[at] / alone.tbtMs;
    values.e2e[at] = ms.e2e[at] / (alone.ttftMs + alone.tbtMs * (output - 1));
  }

  /** From arrival to the first token, as the objective has it. */
  private firstTicks({ ttft, staged }: JudgedRows, row: number): number {
    const emitted = ttft[row]!;
    const gap = staged ? staged.handover[row]! : -1;
    if (gap < 0 || this.objective.ttftAt === undefined) return emitted;
    if (this.objective.ttftAt === "prefill") return this.firstToken === "decode" ? emitted - gap : emitted;
    return this.firstToken === "decode" ? emitted : emitted + gap;
  }
}
