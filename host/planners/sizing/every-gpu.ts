import { BUILT_IN_CATALOG } from "../../specs/catalog.js";
import { InputError } from "../../specs/input-error.js";
import { type SizingGoal, whyNoPrice } from "./objective.js";
import { fleetOf, poolInput, type ReplicaOption } from "./replica-option.js";
import { type ReplicaChoice, replicaOptions } from "./replica-options.js";

/** Every GPU of a catalog that holds a model. */
export interface EveryGpu extends Omit<ReplicaChoice, "gpus"> {
  gpus: "all";
  model: NonNullable<ReplicaChoice["model"]>;
}

/** Kinds of replica, and GPUs that were left out. */
export interface EveryGpuFound {
  options: ReplicaOption[];
  refused: { replica: string; why: string }[];
}

/**
 * Kinds of replica of every GPU of the catalog that holds the model and has a measure by the goal. GPUs that have none are named, and so are those of one's own that cannot hold it; those that come with the package and are
 * too small go without saying.
 *
 * @param flagOf What messages call `gpus`, `model` and the rest.
 * @throws InputError if nothing is left, or the model or a setting cannot be used.
 */
export function everyGpu(
  choice: EveryGpu,
  goal: SizingGoal,
  flagOf: (field: string) => string = (field) => field,
): EveryGpuFound {
  const { catalog = BUILT_IN_CATALOG } = choice;
  const found: EveryGpuFound = { options: [], refused: [] };
  const unfit: InputError[] = [];
  for (const { name } of catalog.hardware) {
    const options = optionsOf({ ...choice, gpus: [name] }, flagOf);
    if (!Array.isArray(options)) {
      unfit.push(options);
      const isOwn = catalog.findHardware(name) !== BUILT_IN_CATALOG.findHardware(name);
      if (isOwn) found.refused.push({ replica: name, why: options.message });
      continue;
    }
    const why = whyNoPriceOf(options[0]!, goal);
    if (why === undefined) found.options.push(...options);
    else found.refused.push({ replica: name, why: `it ${why}.` });
  }
  if (found.options.length > 0) return found;
  if (unfit.length === catalog.hardware.length) throw unfit[0]!;
  throw new InputError(
    `no GPU that holds the model has a measure by ${goal}: ${found.refused.map(({ replica, why }) => `${replica}: ${why}`).join(" ")}`,
  );
}

/** A GPU's kinds of replica, or why it has none. */
function optionsOf(choice: ReplicaChoice, flagOf: (field: string) => string): ReplicaOption[] | InputError {
  try {
    return replicaOptions(choice, flagOf);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function whyNoPriceOf(option: ReplicaOption, goal: SizingGoal): string | undefined {
  return whyNoPrice(fleetOf([poolInput(option, { id: "pool", replicas: 1, maxCtx: 1 })]).pools[0]!, goal);
}
