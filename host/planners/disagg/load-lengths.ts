import { InputError } from "../../specs/input-error.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { plannedLengths, type PlanningRequests } from "../planning-requests.js";

/** Lengths of the requests that fit a window; those that are given are those of every request. Weights are shares of all requests. */
export function loadLengths(
  opened: PlanningRequests,
  { maxCtx, meanIsl, meanOsl }: { maxCtx: number; meanIsl?: number; meanOsl?: number },
): LengthNodes {
  const nodes = plannedLengths(opened).nodes(0, maxCtx);
  if (nodes.weight.length === 0) {
    throw new InputError(`no request of ${opened.name} has at most ${maxCtx} tokens: the fleet would serve none.`);
  }
  return {
    weight: nodes.weight,
    input: meanIsl === undefined ? nodes.input : nodes.input.map(() => meanIsl),
    output: meanOsl === undefined ? nodes.output : nodes.output.map(() => meanOsl),
  };
}
