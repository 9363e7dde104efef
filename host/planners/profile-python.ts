import { pythonProfile } from "../profiles/python/computed.js";
import { pythonHardware } from "../profiles/python/hardware.js";
import { pythonModel } from "../profiles/python/models.js";
import { PYTHON_DTYPE_BYTES, PYTHON_SERVING } from "../profiles/python/serving.js";
import { mustBeOneOf } from "../specs/fields.js";
import { InputError } from "../specs/input-error.js";
import type { ProfileOptions } from "./profile.js";
import { shownBatches } from "./profile-figures.js";
import { slotContexts } from "./profile-summary.js";
import { type SnakeCased, snakeCased } from "./snake-case.js";
import type { PythonDecodeEfficiency } from "../profiles/python/efficiency.js";

/** What the Python tool computes of a replica, for comparison alone. */
export interface PythonProfileResult {
  kind: "python";
  status: "fits";
  name: string;
  W_s: number;
  H_s: number;
  calibration_ctx: number;
  total_kv_blks: number;
  blk_size: number;
  n_slots: Record<string, number>;
  chunk: number;
  /** GPUs that its planners count for a replica. */
  gpus_per_replica: number;
  cost_per_hr: number;
  /** Power and bytes are those of one GPU, tokens those of the replica: so are its tokens per watt. */
  decode_efficiency: SnakeCased<PythonDecodeEfficiency>[];
}

/**
 * The profile of a replica by the formulas, catalogs and faults of the Python tool 0.1.0.
 *
 * @throws InputError for names that its catalogs do not have, and for what it has no formula for.
 */
export function pythonProfileResult(options: ProfileOptions): PythonProfileResult {
  const { hardware, model, tp = 1, dtype = "fp16", chunk, blockSize, maxNumSeqs, meanCtx, maxCtx } = options;
  for (const key of ["pp", "kvDtype"] as const) {
    if (options[key] !== undefined) throw new InputError(`${key} has no meaning to the Python tool.`);
  }
  const profile = pythonProfile(pythonHardware(nameOf("hardware", hardware)), pythonModel(nameOf("model", model)), {
    tp,
    dtypeBytes: bytesOf(dtype),
    ...(chunk === undefined ? {} : { chunk }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(maxNumSeqs === undefined ? {} : { maxSlots: maxNumSeqs }),
    meanCtxTokens: meanCtx ?? PYTHON_SERVING.meanCtxTokens,
    gpuMemoryUtilization: options.gpuMemoryUtilization ?? PYTHON_SERVING.gpuMemoryUtilization,
  });
  const { calibrationCtx } = profile;
  return {
    kind: "python",
    status: "fits",
    name: profile.name,
    W_s: profile.W,
    H_s: profile.H,
    calibration_ctx: calibrationCtx,
    total_kv_blks: profile.totalKvBlocks,
    blk_size: profile.blockSize,
    n_slots: Object.fromEntries(slotContexts(maxCtx).map((context) => [String(context), profile.slots(context)])),
    chunk: profile.chunk,
    gpus_per_replica: profile.gpusPerWorker,
    cost_per_hr: profile.costPerHr,
    decode_efficiency: shownBatches(profile.slots(calibrationCtx)).map((n) => snakeCased(profile.decodeEfficiency(n))),
  };
}

function nameOf(option: "hardware" | "model", value: unknown): string {
  if (typeof value === "string") return value;
  throw new InputError(`${option} must be a name of the Python tool's catalog: it takes no facts here.`);
}

function bytesOf(dtype: string): number {
  const names = Object.keys(PYTHON_DTYPE_BYTES) as (keyof typeof PYTHON_DTYPE_BYTES)[];
  const known = names.find((name) => name === dtype);
  if (known !== undefined) return PYTHON_DTYPE_BYTES[known];
  throw new InputError(`The Python tool's dtype is ${JSON.stringify(dtype)}, but ${mustBeOneOf(dtype, names)}.`);
}
