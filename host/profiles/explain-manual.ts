import { slotsAt } from "../specs/pool-capacity.js";
import type { ManualProfile } from "../specs/profile-spec.js";
import { curvePower } from "./curve-power.js";
import { fromStep, step, type ExplainedInput, type ExplainedStep } from "./explain-step.js";

/** The catalog's constants have a source; all others were given. */
const CATALOG = "constants of the Python vllm-sr-sim 0.1.0";

/**
 * The derivation of what the constants of a profile come to.
 *
 * @param contexts longest requests, tokens, whose slots are derived.
 * @param isCatalogued whether the profile is one of the catalog.
 */
export function explainManual(
  profile: ManualProfile,
  contexts: readonly number[],
  isCatalogued: boolean,
): ExplainedStep[] {
  const constant = (name: string, value: number): ExplainedInput =>
    isCatalogued
      ? { name, value, kind: "cited", source: CATALOG }
      : { name, value, kind: "given", source: "constant of the profile" };
  const H = constant("H", profile.H);
  const calibration = constant("calibration_ctx", profile.calibrationCtx);
  return [
    step({ key: "W_s", title: "iteration without any sequence", unit: "s", value: profile.W }, "W", [
      constant("W", profile.W),
    ]),
    step(
      { key: "H_s", title: `what a sequence of ${profile.calibrationCtx} tokens adds`, unit: "s", value: profile.H },
      "H",
      [H],
    ),
    step(
      {
        key: "per_context_token_s",
        title: "what a token of context adds",
        unit: "s",
        value: profile.H / profile.calibrationCtx,
      },
      "H / calibration_ctx",
      [H, calibration],
    ),
    ...contexts.map((context) =>
      step(
        {
          key: `n_slots_${context}`,
          title: `requests at once where the longest has ${context} tokens`,
          unit: "requests",
          value: slotsAt(profile, context),
        },
        "min(floor(max_slots * calibration_ctx / max_ctx), floor(total_kv_blks / ceil(max_ctx / blk_size)))",
        [
          constant("max_slots", profile.maxSlots),
          calibration,
          { name: "max_ctx", value: context, kind: "given", source: "option of the profile" },
          constant("total_kv_blks", profile.totalKvBlocks),
          constant("blk_size", profile.blockSize),
        ],
      ),
    ),
    ...costAndPower(profile, constant),
  ];
}

function costAndPower(
  profile: ManualProfile,
  constant: (name: string, value: number) => ExplainedInput,
): ExplainedStep[] {
  const gpus = constant("gpus_per_replica", profile.gpusPerReplica);
  const cost = step(
    {
      key: "cost_per_hr",
      title: "price of a replica",
      unit: "$/h",
      value: profile.costPerHr * profile.gpusPerReplica,
    },
    "gpu_cost_per_hr * gpus_per_replica",
    [constant("gpu_cost_per_hr", profile.costPerHr), gpus],
  );
  const { power } = profile;
  if (!power) return [cost];
  const sequences = profile.maxSlots;
  const title = `power of a replica that runs ${sequences} sequences`;
  const value = curvePower(profile, sequences)!.watts;
  const inputs = [gpus, constant("idle_w", power.idleW), constant("nominal_w", power.nominalW)];
  const figure = { key: "power_w", title, unit: "W", value };
  if (power.k === 0) {
    return [
      cost,
      step(
        figure,
        "gpus_per_replica * nominal_w",
        inputs.filter(({ name }) => name !== "idle_w"),
      ),
    ];
  }
  const doublings = step(
    { key: "doublings", title: "log2 of the sequences", unit: "", value: Math.log2(sequences) },
    "log2(sequences)",
    [constant("sequences", sequences)],
  );
  return [
    cost,
    doublings,
    step(figure, "gpus_per_replica * (idle_w + (nominal_w - idle_w) / (1 + exp(-k * (doublings - x0))))", [
      ...inputs,
      constant("k", power.k),
      fromStep(doublings),
      constant("x0", power.x0),
    ]),
  ];
}
