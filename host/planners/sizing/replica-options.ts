import { check } from "../../specs/check.js";
import { GPU_NAMES, gpuProfile, knownGpu } from "../../specs/gpu-catalog.js";
import { hardwareSchema } from "../../specs/hardware-catalog.js";
import { InputError } from "../../specs/input-error.js";
import { modelSchema } from "../../specs/model-catalog.js";
import type { DTYPES, KV_DTYPES } from "../../specs/roofline-spec.js";
import { fleetOf, poolInput, type ReplicaInput, type ReplicaOption } from "./replica-option.js";

/** Kinds of replica by name. */
export interface ReplicaChoice {
  /** GPUs of the catalog of profiles (`a100`, `h100`, `a10g`); with a model, GPUs of the catalog of hardware. */
  gpus: readonly string[];
  /** A model of the catalog, or its facts. Absent: replicas are what the profile of each GPU says. */
  model?: unknown;
  /** Sizes of the tensor-parallel group to choose from. Default {@link DEFAULT_TPS}. */
  tps?: readonly number[];
  /** Type of the weights. Default bf16. */
  dtype?: (typeof DTYPES)[number];
  /** Type of keys and values. Default bf16. */
  kvDtype?: (typeof KV_DTYPES)[number];
  /** How replicas batch, in the keys of a fleet file. */
  serving?: NonNullable<ReplicaInput["serving"]>;
}

/** @throws InputError if there is no kind of replica, or two of one name. */
export function checkOptions(options: readonly ReplicaOption[]): readonly ReplicaOption[] {
  if (options.length === 0) throw new InputError("replicas names no kind of replica.");
  const names = options.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`replicas has two kinds of the name ${JSON.stringify(twice)}.`);
  return options;
}

/** Sizes of the tensor-parallel group that are tried unless the caller says otherwise: within one host. */
export const DEFAULT_TPS = [1, 2, 4, 8] as const;

/**
 * Kinds of replica that a planner can choose from. Of sizes of the group that a model cannot have (they do not divide its heads, or its weights do not fit), the others are taken.
 *
 * @param flagOf What messages call `gpus`, `model` and the rest.
 * @throws InputError if a name is unknown, or nothing is left.
 */
export function replicaOptions(
  choice: ReplicaChoice,
  flagOf: (field: string) => string = (field) => field,
): ReplicaOption[] {
  if (choice.gpus.length === 0) throw new InputError(`${flagOf("gpus")} names no GPU.`);
  const twice = choice.gpus.find((gpu, index) => choice.gpus.indexOf(gpu) !== index);
  if (twice !== undefined) throw new InputError(`${flagOf("gpus")} names ${twice} twice.`);
  if (choice.model === undefined) return choice.gpus.map((gpu) => profileOption(gpu, choice, flagOf));
  check(modelSchema, choice.model, () => flagOf("model"));
  return choice.gpus.flatMap((gpu) => hardwareOptions(gpu, choice, flagOf));
}

function profileOption(
  gpu: string,
  { serving, ...choice }: ReplicaChoice,
  flagOf: (field: string) => string,
): ReplicaOption {
  for (const field of ["tps", "dtype", "kvDtype"] as const) {
    if (choice[field] === undefined) continue;
    throw new InputError(`${flagOf(field)} belongs to a model: ${flagOf("model")} must name one.`);
  }
  const known = knownGpu(gpu);
  if (known !== undefined)
    return { name: gpuProfile(known).name, replica: { gpu: known, ...(serving ? { serving } : {}) } };
  const isHardware = hardwareSchema.safeParse(gpu).success;
  const hint = isHardware ? `; for ${gpu}, ${flagOf("model")} must say which model it serves` : "";
  throw new InputError(
    `${flagOf("gpus")} names ${JSON.stringify(gpu)}; without a model it must be one of ${GPU_NAMES.join(", ")}${hint}.`,
  );
}

function hardwareOptions(gpu: string, choice: ReplicaChoice, flagOf: (field: string) => string): ReplicaOption[] {
  const hardware = check(hardwareSchema, gpu, () => flagOf("gpus"));
  const model = check(modelSchema, choice.model, () => flagOf("model"));
  const { dtype, kvDtype, serving, tps = DEFAULT_TPS } = choice;
  const refused: string[] = [];
  const options: ReplicaOption[] = [];
  for (const tp of tps) {
    const option = {
      name: `${hardware.name}/${model.name}/TP${tp}${dtype === undefined ? "" : `/${dtype}`}`,
      replica: {
        iteration_model: {
          type: "roofline",
          hardware: gpu,
          model: choice.model as string,
          tp,
          ...(dtype === undefined ? {} : { dtype }),
          ...(kvDtype === undefined ? {} : { kv_dtype: kvDtype }),
        },
        ...(serving ? { serving } : {}),
      },
    } satisfies ReplicaOption;
    const why = whyNot(option);
    if (why === undefined) options.push(option);
    else refused.push(`TP ${tp}: ${why}`);
  }
  if (options.length > 0) return options;
  throw new InputError(`${gpu} cannot serve ${model.name}: ${refused.join(" ")}`);
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
