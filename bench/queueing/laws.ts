import { drawnServices } from "../../host/planners/queue-services.js";
import type { CorePool } from "../../host/core/run-spec.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { type ServiceShape, shapeOfCv2, shapeOfTimes } from "../../host/queueing/service-shape.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../host/workloads/length-law/law-of-model.js";
import { windowWeights } from "../../host/workloads/length-law/window-weights.js";
import type { LengthModel, WorkloadModel } from "../../host/workloads/models.js";

/** A law of service times as the core plays it, and as the formula knows it. */
export interface ServiceLaw {
  name: string;
  lengths: LengthModel;
  /** What makes the lengths take their time. */
  times: Pick<CorePool, "W" | "H" | "calibrationCtx" | "chunk">;
  /** Tokens of the longest request. */
  longest: number;
  meanS: number;
  shape: ServiceShape;
}

const LARGEST = 2 ** 31 - 1;

/** Constant, Erlang, exponential, hyperexponential: by their squared coefficient of variation alone. */
export function lawOfCv2(cv2: number): ServiceLaw {
  const { lengths, tokens } = drawnServices(cv2);
  const law = lengthLawOf({ lengths });
  const kind = cv2 === 0 ? "constant" : cv2 < 1 ? "Erlang" : cv2 === 1 ? "exponential" : "hyperexponential";
  return {
    name: `${kind}, cv2 ${cv2}`,
    lengths,
    times: { W: 1 / tokens, H: 0, calibrationCtx: 1, chunk: LARGEST },
    longest: law.longest,
    meanS: law.mean((input, output) => (input + output) / tokens),
    shape: shapeOfCv2(cv2),
  };
}

/** Slots of a replica whose iteration times are taken, so that services do not change with the servers. */
const SLOTS = 128;

/** The services of a workload on a replica of the named GPU, at full concurrency; its windows of time mixed, because formulas are of a steady state. */
export function lawOfWorkload(name: string, gpu: string): ServiceLaw {
  const profile = gpuProfile(gpu);
  const model = mixed(getBuiltinWorkload(name));
  const { W, calibrationCtx, chunk } = profile;
  const H = profile.H * SLOTS;
  const law = lengthLawOf(model);
  const { input, output, weight } = law.nodes(0, Infinity, { chunk });
  const serviceS = input.map((prompt, i) => {
    return (Math.ceil(prompt / chunk) + output[i]!) * (W + (H / calibrationCtx) * (prompt + output[i]!));
  });
  const share = weight.reduce((sum, w) => sum + w, 0);
  const meanS = serviceS.reduce((sum, service, i) => sum + weight[i]! * service, 0) / share;
  const shape = shapeOfTimes(serviceS, weight);
  return {
    name: `${name} on ${gpu}, cv2 ${shape.cv2.toFixed(2)}`,
    lengths: model.lengths,
    times: { W, H, calibrationCtx, chunk },
    longest: law.longest,
    meanS,
    shape,
  };
}

function mixed({ lengths, profile }: WorkloadModel): { lengths: LengthModel } {
  const windows = lengths.windowCell.length - 1;
  const shares = windowWeights(windows, lengths.windowS, profile);
  let upTo = 0;
  const cumulative = lengths.cumulative.map((_, cell) => {
    const window = lengths.windowCell.findIndex((first) => first > cell) - 1;
    const before = cell > lengths.windowCell[window]! ? lengths.cumulative[cell - 1]! : 0;
    return (upTo += shares[window]! * (lengths.cumulative[cell]! - before));
  });
  cumulative[cumulative.length - 1] = 1;
  const windowCell = Uint32Array.of(0, cumulative.length);
  return { lengths: { ...lengths, windowS: Infinity, windowCell, cumulative } };
}
