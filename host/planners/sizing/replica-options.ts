import { BUILT_IN_CATALOG, type Catalog } from "../../specs/catalog.js";
import { check } from "../../specs/check.js";
import { firstTwice } from "../../specs/first-twice.js";
import { GPU_NAMES, gpuProfile, knownGpu } from "../../specs/gpu-catalog.js";
import type { HardwareFacts } from "../../specs/hardware-catalog.js";
import { InputError } from "../../specs/input-error.js";
import type { ModelFacts } from "../../specs/model-catalog.js";
import type { DTYPES, KV_DTYPES } from "../../specs/roofline-spec.js";
import { servingSchema } from "../../specs/serving-spec.js";
import { type Found, foundHardware, foundModel, type GpuChoice, type ModelChoice } from "./named-facts.js";
import { fleetOf, poolInput, type ReplicaInput, type ReplicaOption } from "./replica-option.js";

/** Kinds of replica by name. */
export interface ReplicaChoice {
  /** GPUs of the catalog of profiles (`a100`, `h100`, `a10g`); with a model, GPUs of the catalog of hardware, or their facts. */
  gpus: readonly GpuChoice[];
  /** A model of the catalog, or its facts. Absent: replicas are what the profile of each GPU says. */
  model?: ModelChoice;
  /** Where names of GPUs and models are looked up. Default: what comes with the package. */
  catalog?: Catalog;
  /** Sizes of the tensor-parallel group to choose from. Default {@link DEFAULT_TPS}. */
  tps?: readonly number[];
  /** Type of the weights. Default: that in which the model is published. */
  dtype?: (typeof DTYPES)[number];
  /** Type of keys and values. Default bf16. */
  kvDtype?: (typeof KV_DTYPES)[number];
  /** Share of the memory of GPUs for weights, activations and KV cache, above 0, at most 1. Default 0.9. */
  gpuMemoryUtilization?: number;
  /** How replicas batch, in the keys of a fleet file. */
  serving?: NonNullable<ReplicaInput["serving"]>;
}

/** @throws InputError if there is no kind of replica, or two of one name. */
export function checkOptions(options: readonly ReplicaOption[]): readonly ReplicaOption[] {
  if (options.length === 0) throw new InputError("replicas names no kind of replica.");
  const names = options.map(({ name }) => name);
  const twice = firstTwice(names);
  if (twice !== undefined) throw new InputError(`replicas has two kinds of the name ${JSON.stringify(twice)}.`);
  return options;
}

/** Sizes of the tensor-parallel group that are tried unless the caller says otherwise: within one host. */
export const DEFAULT_TPS = [1, 2, 4, 8] as const;

/**
 * Kinds of replica that a planner can choose from. Of sizes of the group that a model cannot have (they do not divide its heads, or its weights do not fit), the others are taken. What comes out is in the keys
 * of a fleet file: facts that the package does not have by name are written out.
 *
 * @param flagOf What messages call `gpus`, `model`, `serving.max_num_seqs` and the rest.
 * @throws InputError if a name is unknown, facts or settings cannot be, or nothing is left.
 */
export function replicaOptions(
  choice: ReplicaChoice,
  flagOf: (field: string) => string = (field) => field,
): ReplicaOption[] {
  if (choice.gpus.length === 0) throw new InputError(`${flagOf("gpus")} names no GPU.`);
  const { catalog = BUILT_IN_CATALOG, serving } = choice;
  if (serving) check(servingSchema, serving, (path) => flagOf(["serving", ...path].join(".")));
  if (choice.model === undefined) {
    refuseTwins(choice.gpus.map(String), flagOf);
    return choice.gpus.map((gpu) => profileOption(gpu, choice, catalog, flagOf));
  }
  const model = foundModel(choice.model, catalog, flagOf("model"));
  const gpus = choice.gpus.map((gpu) => foundHardware(gpu, catalog, flagOf("gpus")));
  refuseTwins(
    gpus.map(({ facts }) => facts.name),
    flagOf,
  );
  return gpus.flatMap((gpu) => hardwareOptions(gpu, model, choice));
}

function refuseTwins(names: readonly string[], flagOf: (field: string) => string): void {
  const twice = firstTwice(names);
  if (twice !== undefined) throw new InputError(`${flagOf("gpus")} names ${twice} twice.`);
}

function profileOption(
  gpu: GpuChoice,
  { serving, ...choice }: ReplicaChoice,
  catalog: Catalog,
  flagOf: (field: string) => string,
): ReplicaOption {
  for (const field of ["tps", "dtype", "kvDtype", "gpuMemoryUtilization"] as const) {
    if (choice[field] === undefined) continue;
    throw new InputError(`${flagOf(field)} belongs to a model: ${flagOf("model")} must name one.`);
  }
  if (typeof gpu !== "string") {
    const { name } = foundHardware(gpu, catalog, flagOf("gpus")).facts;
    throw new InputError(
      `${flagOf("gpus")} has the facts of ${name}, but ${flagOf("model")} must say which model it serves.`,
    );
  }
  const known = knownGpu(gpu);
  if (known !== undefined)
    return { name: gpuProfile(known).name, replica: { gpu: known, ...(serving ? { serving } : {}) } };
  const isHardware = catalog.findHardware(gpu) !== undefined;
  const hint = isHardware ? `; for ${gpu}, ${flagOf("model")} must say which model it serves` : "";
  throw new InputError(
    `${flagOf("gpus")} names ${JSON.stringify(gpu)}; without a model it must be one of ${GPU_NAMES.join(", ")}${hint}.`,
  );
}

function hardwareOptions(
  hardware: Found<HardwareFacts>,
  model: Found<ModelFacts>,
  { dtype, kvDtype, gpuMemoryUtilization, serving, tps = DEFAULT_TPS }: ReplicaChoice,
): ReplicaOption[] {
  const refused: { tp: number; why: string }[] = [];
  const options: ReplicaOption[] = [];
  for (const tp of tps) {
    const replica = {
      iteration_model: {
        type: "roofline",
        hardware: hardware.input,
        model: model.input,
        tp,
        ...(dtype === undefined ? {} : { dtype }),
        ...(kvDtype === undefined ? {} : { kv_dtype: kvDtype }),
        ...(gpuMemoryUtilization === undefined ? {} : { gpu_memory_utilization: gpuMemoryUtilization }),
      },
      ...(serving ? { serving } : {}),
      // Facts were checked; their type says only that they are an object.
    } as ReplicaInput;
    const name = `${hardware.facts.name}/${model.facts.name}/TP${tp}${dtype === undefined ? "" : `/${dtype}`}`;
    const why = whyNot({ name, replica });
    if (why === undefined) options.push({ name, replica });
    else refused.push({ tp, why });
  }
  if (options.length > 0) return options;
  const { tp, why } = refused.at(-1)!;
  const last = refused.length === 1 ? "" : ` or ${tp}; at ${tp}`;
  const sizes = (refused.length === 1 ? refused : refused.slice(0, -1)).map((one) => one.tp).join(", ");
  throw new InputError(`${hardware.facts.name} cannot serve ${model.facts.name} at TP ${sizes}${last}: ${why}`);
}

function whyNot(option: ReplicaOption): string | undefined {
  try {
    fleetOf([poolInput(option, { id: "pool", replicas: 1, maxCtx: 1 })], undefined, (path) => String(path.at(-1)));
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
