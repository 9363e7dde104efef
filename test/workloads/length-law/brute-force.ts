import { windowWeights } from "../../../host/workloads/length-law/window-weights.js";
import type { WorkloadModel } from "../../../host/workloads/models.js";

/** Calls `visit` for every pair of lengths that a workload can draw, with its probability: pair by pair, as the core's generator draws. */
export function everyPair(
  { lengths, profile }: Pick<WorkloadModel, "lengths" | "profile">,
  visit: (input: number, output: number, probability: number) => void,
): void {
  const windows = lengths.windowCell.length - 1;
  const shares = windowWeights(windows, lengths.windowS, profile);
  for (let window = 0; window < windows; window++) {
    let below = 0;
    for (let cell = lengths.windowCell[window]!; cell < lengths.windowCell[window + 1]!; cell++) {
      const share = shares[window]! * (lengths.cumulative[cell]! - below);
      below = lengths.cumulative[cell]!;
      const [low, high] = [lengths.inputLow[cell]!, lengths.inputHigh[cell]!];
      if (lengths.inputShare) {
        for (let total = low; total <= high; total++) {
          const input = Math.max(1, Math.trunc(total * lengths.inputShare));
          visit(input, Math.max(1, total - input), share / (high - low + 1));
        }
        continue;
      }
      const [least, most] = [lengths.outputLow[cell]!, lengths.outputHigh[cell]!];
      const area = (high - low + 1) * (most - least + 1);
      for (let input = low; input <= high; input++) {
        for (let output = least; output <= most; output++) visit(input, output, share / area);
      }
    }
  }
}
