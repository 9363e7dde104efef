import { readDocument, MAX_FILE_BYTES } from "../specs/document.js";
import { firstTwice } from "../specs/first-twice.js";
import { checkFleet, type FleetInput, type FleetSpec } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { mustBeOneOf } from "../specs/fields.js";
import { readTextFile } from "../specs/read-text-file.js";
import type { FleetSource } from "./replay-trace.js";

/** Keys of `serving` that a sweep may vary, and `tp`, that of a roofline model. They are set in every pool. */
export const SWEPT_KEYS = [
  "scheduler",
  "max_num_seqs",
  "max_num_batched_tokens",
  "chunk",
  "enable_chunked_prefill",
  "enable_prefix_caching",
  "policy",
  "block_size",
  "num_blocks",
  "watermark",
  "pp",
  "tp",
] as const;
export type SweptKey = (typeof SWEPT_KEYS)[number];

/** What a key may be set to; whether it may is for the fleet to say. */
export type SweptValue = string | number | boolean | null;

/** Lists of values by key: every combination of them is tried. */
export type Sweep = Partial<Record<SweptKey, readonly SweptValue[]>>;

/** One value for each key of a sweep. */
export type Combination = Partial<Record<SweptKey, SweptValue>>;

/** Most combinations of a sweep. */
export const MAX_COMBINATIONS = 256;

/** Keys that some schedulers have no use for: where the fleet has one and the sweep does not set it, it gives way. */
const GIVING_WAY = ["max_num_batched_tokens", "chunk", "enable_chunked_prefill"] as const;

/**
 * All combinations of a sweep; the values of the last key change fastest.
 *
 * @throws InputError for an unknown key, a list that is empty or names a value twice, or more than MAX_COMBINATIONS.
 */
export function combinations(sweep: Sweep): Combination[] {
  const lists = Object.entries(sweep) as [SweptKey, readonly SweptValue[] | undefined][];
  let all: Combination[] = [{}];
  for (const [key, values] of lists) {
    if (!SWEPT_KEYS.includes(key))
      throw new InputError(`sweep: ${key} is not swept; it ${mustBeOneOf(key, SWEPT_KEYS)}.`);
    if (values === undefined) continue;
    if (values.length === 0) throw new InputError(`sweep: ${key} has no values; give at least one.`);
    if (all.length * values.length > MAX_COMBINATIONS) {
      throw new InputError(`sweep: its lists make more than ${MAX_COMBINATIONS} combinations, the most allowed.`);
    }
    const twice = firstTwice<SweptValue>(values);
    if (twice !== undefined) throw new InputError(`sweep: ${key} names ${String(twice)} twice.`);
    all = all.flatMap((combination) => values.map((value) => ({ ...combination, [key]: value })));
  }
  return all;
}

/** A combination as text: `scheduler vllm, chunk 512`. */
export function combinationText(combination: Combination): string {
  return Object.entries(combination)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(", ");
}

/** A fleet as its author wrote it, to be changed. */
export interface FleetDocument {
  /** Of a fleet that has been checked. */
  value: FleetInput;
  file: string;
}

/**
 * The keys of a fleet.
 *
 * @throws InputError if it was given checked, so that its keys are gone; as the reading of a fleet.
 */
export async function fleetDocument(source: FleetSource): Promise<FleetDocument> {
  if (typeof source !== "string") {
    if ("file" in source) {
      throw new InputError(
        "a sweep changes the keys of a fleet: give its path, its text or an object with these keys.",
      );
    }
    return { value: source, file: "" };
  }
  const isText = /[{\n]/.test(source);
  const file = isText ? "fleet" : source;
  const text = isText ? source : await readTextFile(source, MAX_FILE_BYTES);
  return { value: readDocument(text, file).value as FleetInput, file };
}

/** A fleet with a combination set in every pool, and the keys of the fleet that gave way to it. */
export interface ChangedFleet {
  spec: FleetSpec;
  leftOut: SweptKey[];
}

/**
 * Sets a combination in every pool of a fleet. A key of the fleet that the combination leaves without a meaning is left out.
 *
 * @throws InputError if that makes no fleet.
 */
export function fleetWith({ value, file }: FleetDocument, combination: Combination): ChangedFleet {
  const present = GIVING_WAY.filter((key) => {
    return !(key in combination) && value.pools.some(({ serving }) => serving?.[key] !== undefined);
  });
  let mistake: unknown;
  for (const leftOut of subsets(present)) {
    try {
      const pools = value.pools.map((pool) => changedPool(pool, combination, leftOut));
      return { spec: { ...checkFleet({ ...value, pools }), file }, leftOut };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistake ??= error;
    }
  }
  throw mistake;
}

type PoolInput = FleetInput["pools"][number];

function changedPool(pool: PoolInput, { tp, ...serving }: Combination, leftOut: readonly SweptKey[]): PoolInput {
  const kept = Object.entries(pool.serving ?? {}).filter(([key]) => !(leftOut as readonly string[]).includes(key));
  const changed = { ...pool, serving: { ...Object.fromEntries(kept), ...serving } } as PoolInput;
  if (tp === undefined) return changed;
  const { iteration_model: model } = pool;
  if (model?.type !== "roofline") {
    throw new InputError(`pool ${pool.id}: tp is that of a roofline model, and this pool has none.`);
  }
  return { ...changed, iteration_model: { ...model, tp } } as PoolInput;
}

/** All subsets, the smaller ones first. */
function subsets<Item>(items: readonly Item[]): Item[][] {
  const all = Array.from({ length: 2 ** items.length }, (_, bits) =>
    items.filter((_item, index) => bits & (1 << index)),
  );
  return all.sort((a, b) => a.length - b.length);
}
