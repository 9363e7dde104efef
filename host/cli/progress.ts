import { setImmediate as nextTurn } from "node:timers/promises";
import { Presets, SingleBar } from "cli-progress";

/** Work that takes no longer than this shows no bar. */
const PATIENCE_MS = 1000;

/** Longest time between two looks at signals and the like. */
const TURN_MS = 50;

/** How far work has come. */
export interface Progress {
  /** To be told how much is done. Waiting for it lets signals be heard. */
  update: (done: number) => Promise<void>;
  /** To be called at the end, whatever it was: takes the bar away. */
  stop: () => void;
}

/**
 * A bar on standard error for work that takes over a second; none if standard error is no terminal.
 *
 * @param total How many requests there are; without it those that are done are counted.
 */
export function showProgress(total: number | undefined): Progress {
  const startedMs = performance.now();
  const bar = process.stderr.isTTY ? progressBar(total) : undefined;
  let turnMs = startedMs;
  return {
    update: async (done) => {
      const nowMs = performance.now();
      if (bar?.isActive) bar.update(done);
      else if (nowMs - startedMs > PATIENCE_MS) bar?.start(total ?? 0, done);
      if (nowMs - turnMs < TURN_MS) return;
      turnMs = nowMs;
      await nextTurn();
    },
    stop: () => bar?.stop(),
  };
}

function progressBar(total: number | undefined): SingleBar {
  const format =
    total === undefined ? "{value} requests" : "{bar} {percentage} % of {total} requests, {eta_formatted} left";
  return new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true }, Presets.rect);
}
