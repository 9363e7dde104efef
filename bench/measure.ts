import { Bench } from "tinybench";

/** One program in a comparison. */
export interface Contestant {
  name: string;
  /** Does the work once; answers the CPU time it took, ms, without preparation. */
  run: () => number | Promise<number>;
}

/** CPU time of one item of work, over the repetitions. */
export interface Timing {
  minNs: number;
  medianNs: number;
  /** Half-width of the 95 % interval of the mean, as a share of it, %; `null` for a single repetition. */
  marginPercent: number | null;
  repetitions: number;
}

/**
 * Times the contestants turn by turn, so that a neighbour who loads the machine for a while slows all of them and not one.
 *
 * @param items Items of work (requests, rows) in one run of a contestant.
 */
export async function measure(
  contestants: readonly Contestant[],
  items: number,
  repetitions: number,
): Promise<Map<string, Timing>> {
  // The bench starts all contestants at once; they queue up, and each goes to the end of the queue after every repetition.
  const bench = new Bench({
    concurrency: "bench",
    iterations: repetitions,
    time: 0,
    warmupIterations: 2,
    warmupTime: 0,
    throws: true,
  });
  let turn: Promise<unknown> = Promise.resolve();
  for (const { name, run } of contestants) {
    const takeTurn = () => {
      const own = turn.then(run).then((ms) => ({ overriddenDuration: ms }));
      turn = own;
      return own;
    };
    bench.add(name, takeTurn, { async: true });
  }
  await bench.run();
  return new Map(
    bench.tasks.map(({ name, result }) => {
      if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
      const { min, p50, rme, samplesCount } = result.latency;
      const nsPerItem = (ms: number) => (ms * 1e6) / items;
      return [name, { minNs: nsPerItem(min), medianNs: nsPerItem(p50), marginPercent: rme, repetitions: samplesCount }];
    }),
  );
}
