import { mustBeOneOf } from "../../specs/fields.js";
import { GPU_NAMES, gpuProfile, knownGpu } from "../../specs/gpu-catalog.js";
import { OptionError } from "../../specs/option-error.js";
import { slotsAt } from "../../specs/pool-capacity.js";
import type { ManualProfile } from "../../specs/profile-spec.js";
import { powerW } from "../power.js";
import { iterationTimeS } from "../service-time.js";
import { throughputOf, type PythonProfile } from "./profile.js";

/** A profile whose constants are given by hand. */
export interface PythonManualProfile extends PythonProfile {
  readonly constants: ManualProfile;
  /** Sequences with which a GPU draws at most `targetW` watts, as the tool searches for them: see {@link pythonManualProfile}. */
  sequencesAtPowerW(targetW: number): number;
}

/** Steps of the tool's search for a number of sequences. */
const MOST_STEPS = 20;

/**
 * Constants given by hand under the formulas of the Python tool (`ManualProfile`).
 *
 * Its service times keep every digit, where this project's core counts whole nanoseconds. Its search for the sequences at a power takes the lower middle and keeps
 * it when it fits, so that of two it can end with the smaller one: 600 W on an H100 give 255, though 256 draw 593 W.
 */
export function pythonManualProfile(constants: ManualProfile): PythonManualProfile {
  const iterationS = (n: number, length?: number) => iterationTimeS(constants, n, length);
  const slots = (maxCtx: number) => slotsAt(constants, Math.max(maxCtx, 1));
  const serviceS = (input: number, output: number, maxCtx: number) =>
    (Math.ceil(input / constants.chunk) + output) * iterationS(slots(maxCtx), input + output);
  return {
    constants,
    name: constants.name,
    costPerHr: constants.costPerHr,
    gpusPerWorker: 1,
    chunk: constants.chunk,
    blockSize: constants.blockSize,
    totalKvBlocks: constants.totalKvBlocks,
    iterationS,
    prefillIterationS: (_chunk, _history, n, length) => iterationS(n, length),
    slots,
    serviceS,
    throughputRps: (maxCtx, input, output) => throughputOf({ slots, serviceS }, maxCtx, input, output),
    powerW: (n) => powerW(constants, n),
    sequencesAtPowerW: (targetW) => sequencesAtPowerW(constants, targetW),
  };
}

/**
 * A GPU with constants of its own, by the name that the command line knows: a100, h100 or a10g.
 *
 * @param option What names it.
 * @throws InputError for an unknown name, where the tool silently takes an A100.
 */
export function pythonGpu(name: string, option = "GPU"): PythonManualProfile {
  if (knownGpu(name) === undefined) {
    throw new OptionError(
      (nameOf) => `${nameOf(option)} is ${JSON.stringify(name)}, but ${mustBeOneOf(name, GPU_NAMES)}.`,
    );
  }
  return pythonManualProfile(gpuProfile(name));
}

function sequencesAtPowerW(constants: ManualProfile, targetW: number): number {
  const idleW = powerW(constants, 0);
  const target = Math.max(idleW, Math.min(targetW, constants.power?.nominalW ?? idleW));
  let [low, high] = [1, constants.maxSlots];
  for (let step = 0; step < MOST_STEPS && (step === 0 || low < high); step++) {
    const middle = Math.floor((low + high) / 2);
    if (powerW(constants, middle) <= target) low = middle;
    else high = middle - 1;
  }
  return Math.max(1, low);
}
