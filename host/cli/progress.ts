import { setImmediate as nextTurn } from "node:timers/promises";
import { Presets, SingleBar } from "cli-progress";
import { count } from "../reports/quantities.js";

/** Work that takes no longer than this shows no bar. */
const PATIENCE_MS = 1000;

/** Longest time between two looks at signals and the like. */
const TURN_MS = 50;

/** How far work has come. */
export interface Progress {
  /** To be told how many requests are done. Waiting for it lets signals be heard. */
  update: (done: number) => Promise<void>;
  /** To be called at the end, whatever it was: takes the bar away. */
  stop: () => void;
}

/** Bytes that are read on the way, where the number of requests is not known beforehand. */
export interface BytesRead {
  /** Bytes that will have been read at the end. */
  total: number;
  /** Bytes read so far. */
  read: () => number;
}

/**
 * A bar on standard error for work that takes over a second; none if standard error is no terminal.
 *
 * @param total How many requests there are, or bytes that hold them; without it what is done is counted.
 * @param unit What is counted where there is no total.
 */
export function showProgress(total: number | BytesRead | undefined, unit = "requests"): Progress {
  const startedMs = performance.now();
  const bar = process.stderr.isTTY ? new ProgressBar(total, unit) : undefined;
  let turnMs = startedMs;
  return {
    update: async (done) => {
      const nowMs = performance.now();
      if (nowMs - startedMs > PATIENCE_MS) bar?.show(done);
      if (nowMs - turnMs < TURN_MS) return;
      turnMs = nowMs;
      await nextTurn();
    },
    stop: () => bar?.stop(),
  };
}

const FORMATS = {
  number: "{bar} {percentage} % of {total} requests, {eta_formatted} left",
  object: "{bar} {percentage} % of the file, {requests} requests, {eta_formatted} left",
  undefined: "{requests} {unit}",
} as const;

class ProgressBar {
  private readonly bar: SingleBar;
  /** The bar hides the cursor: an interrupt must bring it back. */
  readonly stop = (): void => {
    process.off("exit", this.stop);
    this.bar.stop();
  };

  constructor(
    private readonly total: number | BytesRead | undefined,
    private readonly unit: string,
  ) {
    const options = {
      format: FORMATS[typeof total as keyof typeof FORMATS],
      formatValue: (value: number, _: unknown, kind: string) => (kind === "total" ? count(value) : String(value)),
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    };
    this.bar = new SingleBar(options, Presets.rect);
  }

  show(done: number): void {
    const { bar, total } = this;
    const words = { requests: count(done), unit: this.unit };
    const [value, end] = typeof total === "object" ? [total.read(), total.total] : [done, total ?? 0];
    if (bar.isActive) {
      bar.update(Math.min(value, end || value), words);
      return;
    }
    process.on("exit", this.stop);
    bar.start(end, value, words);
  }
}
