import { InputError } from "../specs/input-error.js";
import type { ManualProfile } from "../specs/profile-spec.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import { atClock, bandwidthAtClock, clockUnderCap } from "./clock-power.js";
import type { AffineModel, IterationModel, TableModel } from "./iteration-model.js";
import { passPowerW } from "./pass-power.js";
import { powerCapMistake, powerRange } from "./power-range.js";
import { rooflineModel } from "./roofline.js";

/**
 * Tokens of a batch up to which its products with weights wait for memory: the ridge of an H100 in bf16 is at 989.5e12 / 3.35e12 = 295 FLOP a byte, one of an A100 at 153.
 */
const RIDGE_TOKENS = 256;

/** A pool whose GPUs may be capped. */
export interface CappedPool {
  id: string;
  profile: ManualProfile;
  /** Most power that one GPU may draw, W; absent: no cap. */
  powerCapW?: number | undefined;
}

/**
 * What iterations take under a pool's power cap. A cap lowers the clock, which slows arithmetic; memory keeps its bandwidth as long as the clock is not below half.
 *
 * - A roofline knows what its GPUs draw in an iteration over so many tokens, so each knot has a clock of its own: one that draws less than the cap is as fast as before.
 * - `linear` and `table` are taken to draw full power in what prompts add. What they take beside it, decodes among it, waits for memory: it is slower only where full power would need less than half of the clock.
 * - The constants of a profile say nothing of prefill, so the same holds for all that they say.
 *
 * Without a cap, or with one that no iteration reaches, the same model comes back. A lower cap makes nothing faster.
 *
 * @throws InputError if nothing is known of the power of the pool, or the cap is not above what its GPUs draw idle.
 */
export function underCap<Fields extends { iterationModel: IterationModel; roofline?: RooflineSpec }>(
  fields: Fields,
  { id, profile, powerCapW }: CappedPool,
): Fields {
  if (powerCapW === undefined) return fields;
  const { iterationModel, roofline } = fields;
  const source = { profile, roofline };
  const mistake = powerCapMistake(source, powerCapW);
  if (mistake !== undefined) {
    throw new InputError(`The pool ${JSON.stringify(id)}: power_cap_w is ${powerCapW}; it ${mistake}.`);
  }
  const capped = roofline
    ? cappedRoofline(roofline, rooflineModel(roofline), powerCapW)
    : atLowClock(iterationModel, clockUnderCap({ ...powerRange(source)!, capW: powerCapW }));
  return { ...fields, iterationModel: capped };
}

/**
 * Each knot at the clock that its tokens leave: up to the ridge that of their mean power; beyond it products are bound by arithmetic, and draw the power of the board while they run. Attention, whose
 * terms have no knots, is at the lowest of the clocks.
 */
function cappedRoofline(spec: RooflineSpec, full: AffineModel, capW: number): AffineModel {
  const range = powerRange({ roofline: spec })!;
  const clocks = full.knots.map(({ tokens }) => {
    const decodes = { decodes: tokens, context: 0, promptTokens: 0, work: 0, prompts: 0 };
    const fullW = tokens > RIDGE_TOKENS ? range.fullW : passPowerW(spec, full, decodes);
    return clockUnderCap({ ...range, fullW, capW });
  });
  const lowest = Math.min(...clocks);
  if (lowest === 1) return full;
  return {
    ...rooflineModel(atClock(spec, lowest)),
    knots: full.knots.map((knot, at) => {
      const clock = clocks[at]!;
      return clock === 1 ? knot : rooflineModel(atClock(spec, clock)).knots[at]!;
    }),
  };
}

function atLowClock(model: IterationModel, clock: number): IterationModel {
  if (clock === 1) return model;
  return model.type === "affine" ? linearAtClock(model, clock) : tableAtClock(model, clock);
}

/** `c1` is arithmetic beyond the ridge, `c3` always; all else is memory. */
function linearAtClock(model: AffineModel, clock: number): AffineModel {
  const memory = bandwidthAtClock(clock);
  const [none, one] = model.knots as [AffineModel["knots"][number], AffineModel["knots"][number]];
  const perToken = one.compute - none.compute;
  const atRidge = (none.compute + perToken * RIDGE_TOKENS) / memory;
  const knot = (tokens: number, compute: number) => ({ tokens, compute, memory: 0, other: 0 });
  return {
    ...model,
    knots: [
      knot(0, none.compute / memory),
      knot(RIDGE_TOKENS, atRidge),
      knot(RIDGE_TOKENS + 1, atRidge + perToken / clock),
    ],
    computePerContext: model.computePerContext / memory,
    computePerWork: model.computePerWork / clock,
    otherPerSequence: model.otherPerSequence / memory,
  };
}

/** What a prefill iteration takes beyond the time that it has in common with a decode iteration is arithmetic. */
function tableAtClock({ decode, prefill, fixed, ...model }: TableModel, clock: number): TableModel {
  const memory = bandwidthAtClock(clock);
  const slower = (rows: readonly (readonly number[])[], of: (seconds: number) => number) =>
    rows.map((row) => row.map(of));
  return {
    ...model,
    decode: { ...decode, seconds: slower(decode.seconds, (seconds) => seconds / memory) },
    prefill: {
      ...prefill,
      seconds: slower(
        prefill.seconds,
        (seconds) => Math.min(fixed, seconds) / memory + Math.max(0, seconds - fixed) / clock,
      ),
    },
    fixed: fixed / memory,
  };
}
