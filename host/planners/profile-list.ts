import { manualPerformance } from "../profiles/manual-performance.js";
import { GPU_NAMES, gpuProfile } from "../specs/gpu-catalog.js";
import { check, type FieldNaming, pathText } from "../specs/check.js";
import { objectWith, oneOf } from "../specs/fields.js";
import { HARDWARE_NAMES } from "../specs/hardware-catalog.js";
import { InputError } from "../specs/input-error.js";
import { MODEL_NAMES } from "../specs/model-catalog.js";
import { DTYPES } from "../specs/roofline-spec.js";
import { profile, type ProfileOptions, type ProfileResult } from "./profile.js";

/** What {@link listProfiles} lists beside the profiles given by hand. */
export interface ProfileListOptions {
  /** GPU of computed profiles; without it all of the catalog, if `model` is given. */
  hardware?: string;
  /** Model of computed profiles; without it all of the catalog, if `hardware` is given. */
  model?: string;
  dtype?: string;
  /** Longest request, tokens, for which slots are told. Default 8192. */
  maxCtx?: number;
}

/** A profile in a row. */
export interface ProfileRow {
  name: string;
  W_s: number;
  H_s: number;
  calibration_ctx: number;
  total_kv_blks: number;
  /** Requests at once where the longest has `max_ctx` tokens. */
  n_slots: number;
  max_ctx: number;
  gpus_per_replica: number;
  /** US dollars an hour for all GPUs of a replica; 0: not priced. */
  cost_per_hr: number;
}

/** Profiles that there are. */
export interface ProfileList {
  /** Given by hand; `--gpu` and the key `gpu` of fleet files name them. */
  manual: (ProfileRow & { gpu: string })[];
  /** What hardware and model make, by rising `tp`; empty unless one of them is given. */
  computed: ProfileRow[];
}

/** Sizes of a tensor-parallel group that are tried. */
const SIZES = [1, 2, 4, 8, 16];

/**
 * Profiles given by hand, and those that can be computed: of one GPU and one model every `tp` from 1 to 16 with room for a request of `maxCtx` tokens; of one of the two with all of the other's catalog the smallest such `tp`.
 *
 * @throws InputError for unknown names.
 */
export function listProfiles(options: ProfileListOptions = {}, nameOf?: FieldNaming): ProfileList {
  const maxCtx = options.maxCtx ?? 8192;
  const manual = GPU_NAMES.map((gpu) => {
    const performance = manualPerformance(gpuProfile(gpu));
    return {
      gpu,
      name: performance.name,
      W_s: performance.W,
      H_s: performance.H,
      calibration_ctx: performance.calibrationCtx,
      total_kv_blks: performance.totalKvBlocks,
      n_slots: performance.slots(maxCtx),
      max_ctx: maxCtx,
      gpus_per_replica: performance.gpusPerReplica,
      cost_per_hr: performance.replicaCostPerHr,
    };
  });
  return { manual, computed: computedRows({ ...options, maxCtx }, nameOf) };
}

function computedRows(options: ProfileListOptions & { maxCtx: number }, nameOf?: FieldNaming): ProfileRow[] {
  const { hardware, model, dtype, maxCtx } = options;
  if (hardware === undefined && model === undefined) return [];
  // Names are checked once, whatever fits.
  profile({ hardware: hardware ?? HARDWARE_NAMES[0], model: model ?? MODEL_NAMES[0] }, nameOf);
  if (dtype !== undefined) check(typeSchema, { dtype }, nameOf ?? ((path) => pathText(path, "the list")));
  const isOne = hardware !== undefined && model !== undefined;
  const rows: ProfileRow[] = [];
  for (const gpu of hardware === undefined ? HARDWARE_NAMES : [hardware]) {
    for (const one of model === undefined ? MODEL_NAMES : [model]) {
      const fitting = fittingProfiles({
        hardware: gpu,
        model: one,
        ...(dtype === undefined ? {} : { dtype }),
        maxCtx: [maxCtx],
      });
      const shown = isOne ? [...fitting] : [...first(fitting)];
      rows.push(...shown.map((result) => rowOf(result, maxCtx)));
    }
  }
  return rows;
}

const typeSchema = objectWith("an object", { dtype: oneOf(DTYPES) });

/** Lazily, since the smallest may be all that is asked for. */
function* fittingProfiles(options: ProfileOptions): Generator<ProfileResult> {
  for (const tp of SIZES) {
    const result = profileIfAny({ ...options, tp });
    if (result) yield result;
  }
}

function* first<Item>(items: Iterable<Item>): Generator<Item> {
  for (const item of items) {
    yield item;
    return;
  }
}

/** Nothing where the GPU has not the type, `tp` does not divide the model, or the memory holds no request of the longest. */
function profileIfAny(options: ProfileOptions): ProfileResult | undefined {
  try {
    const result = profile(options);
    if (result.status !== "fits") return undefined;
    return Object.values(result.n_slots).some((slots) => slots > 0) ? result : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function rowOf(result: ProfileResult, maxCtx: number): ProfileRow {
  const { name, W_s, H_s, calibration_ctx, total_kv_blks, gpus_per_replica, cost_per_hr } = result;
  const n_slots = result.n_slots[String(maxCtx)]!;
  return { name, W_s, H_s, calibration_ctx, total_kv_blks, n_slots, max_ctx: maxCtx, gpus_per_replica, cost_per_hr };
}
