import type { ComputedProfile } from "./computed-profile.js";
import { decodeWork } from "./decode-work.js";
import { givenInput, hardwareInput, powerInput } from "./explain-sources.js";
import { fromStep, step, type ExplainedInput, type ExplainedStep } from "./explain-step.js";
import { rooflineReplica } from "./roofline-replica.js";

/** Price and power of a replica, the latter where it decodes the larger batch of the line. */
export function explainCostAndPower(profile: ComputedProfile): ExplainedStep[] {
  return [...explainCost(profile), ...explainPower(profile)];
}

function explainCost({ roofline, serving, gpusPerReplica, replicaCostPerHr }: ComputedProfile): ExplainedStep[] {
  const gpus = step(
    { key: "gpus_per_replica", title: "GPUs of a replica", unit: "GPUs", value: gpusPerReplica },
    "tp * pp",
    [givenInput("tp", roofline.tp), givenInput("pp", serving.pp)],
  );
  const cost = step(
    { key: "cost_per_hr", title: "price of a replica", unit: "$/h", value: replicaCostPerHr },
    "gpu_cost_per_hr * gpus_per_replica",
    [{ ...hardwareInput(roofline.hardware, "costPerHr"), name: "gpu_cost_per_hr" }, fromStep(gpus)],
  );
  return [gpus, cost];
}

function explainPower(profile: ComputedProfile): ExplainedStep[] {
  const { roofline, serving, iterationModel, lineBatches, calibrationCtx: context, replicaPowerW } = profile;
  const { hardware } = roofline;
  const { many } = lineBatches;
  const work = decodeWork(roofline, iterationModel, { sequences: many / serving.pp, context });
  const { peaks } = rooflineReplica(roofline);
  const ofWork = (name: string, value: number): ExplainedInput => ({
    name,
    value,
    kind: "step",
    source: `iteration of ${many} sequences of ${context} tokens`,
  });
  const seconds = ofWork("iteration_s", work.seconds);
  const mbu = step(
    { key: "mbu", title: "share of peak bandwidth that decoding uses", unit: "share", value: work.mbu },
    "(weight_bytes_read + kv_bytes_read) / (iteration_s * peak_bandwidth)",
    [
      ofWork("weight_bytes_read", work.weightBytes),
      ofWork("kv_bytes_read", work.kvBytes),
      seconds,
      ofWork("peak_bandwidth", peaks.peakBandwidth),
    ],
  );
  const mfu = step(
    { key: "mfu", title: "share of peak arithmetic that decoding uses", unit: "share", value: work.mfu },
    "flops / (iteration_s * peak_flops)",
    [ofWork("flops", work.flops), seconds, ofWork("peak_flops", peaks.peakFlops)],
  );
  const replica = step(
    {
      key: "power_w",
      title: `power of a replica that decodes ${many} sequences of ${context} tokens`,
      unit: "W",
      value: replicaPowerW({ sequences: many, context })!.watts,
    },
    "gpus_per_replica * tdp_w * min(1, idle_share + memory_share * mbu + arithmetic_share * sqrt(mfu))",
    [
      { name: "gpus_per_replica", value: profile.gpusPerReplica, kind: "step", source: "gpus_per_replica" },
      hardwareInput(hardware, "tdpW"),
      powerInput(hardware, "idle"),
      powerInput(hardware, "memory"),
      fromStep(mbu),
      powerInput(hardware, "arithmetic"),
      fromStep(mfu),
    ],
  );
  return [mbu, mfu, replica];
}
