import * as z from "zod";
import { check, pathText, type FieldNaming } from "./check.js";
import { checkStages } from "./check-stages.js";
import { readDocument } from "./document.js";
import { mistake, mustBeOneOf, objectWith, oneOf, positiveNumber, text } from "./fields.js";
import { InputError } from "./input-error.js";
import { MAX_REPLICAS, MAX_SLOTS, poolReplicas, poolSchema, poolSlots, type PoolSpec } from "./pool-spec.js";
import { checkRouter, completeRouter, firstIds, routerFields, routerSchema, type RouterSpec } from "./router-spec.js";
import { entryPools } from "./stage-references.js";
import { workloadsSchema, type PoolWorkload } from "./workload-spec.js";

/** Most pools of a fleet. */
export const MAX_POOLS = 1024;

/** How requests are served inside a replica: by docs/reference/slots-engine.md or docs/reference/iterations-engine.md. */
export const ENGINES = ["slots", "iterations"] as const;
/** One of {@link ENGINES}. */
export type Engine = (typeof ENGINES)[number];

/** A fleet as its author gave it, checked, with defaults filled in. */
export interface FleetSpec {
  /** Name of the file it came from, as given; empty if it came from none. Relative paths in it resolve against its folder. */
  file: string;
  /** How requests are served inside a replica; absent: left to whoever runs the fleet. */
  engine?: Engine;
  /** Target for the P99 of TTFT, ms. */
  sloMs?: number;
  /** At least one. */
  pools: readonly PoolSpec[];
  router: RouterSpec;
  /** Streams of requests, each labelled with the pool it is meant for. */
  workloads?: readonly PoolWorkload[];
}

const poolsClause = `must be a list of 1 to ${MAX_POOLS} pools`;

const fleetShape = objectWith("an object with pools", {
  engine: oneOf(ENGINES).optional().describe("how requests are served inside a replica"),
  slo_ms: positiveNumber().optional().describe("target for the P99 of TTFT, ms"),
  pools: z
    .array(poolSchema, { error: poolsClause })
    .min(1, { error: poolsClause, abort: true })
    .max(MAX_POOLS, { error: poolsClause, abort: true }),
  router: routerSchema.default("length").describe("name of a router, or an object with its type and parameters"),
  workloads: workloadsSchema
    .optional()
    .describe("streams of requests by the id of the pool that they are labelled with"),
  catalog: text(4096)
    .optional()
    .describe("path of a file with hardware and models of one's own, relative to the folder of this file"),
});

type FleetFields = z.output<typeof fleetShape>;
type Say = (path: PropertyKey[], message: string) => void;

const fleetSchema = fleetShape
  .superRefine((fleet, context) => {
    const say: Say = (path, message) => mistake(context, path, message);
    if (fleet.catalog !== undefined)
      say(["catalog"], "must be left out but in a file that is read from disk: give the facts themselves");
    checkIds(fleet.pools, say);
    checkTotals(fleet.pools, say);
    checkStages(fleet.pools, say);
    const atParameter = (key: string) => (typeof fleet.router === "string" ? ["router"] : ["router", key]);
    const entries = entryPools(fleet.pools);
    checkDefaultPool(fleet, entries, (message) => say(atParameter("default_pool"), message));
    // Where there are none that was said.
    if (entries.length > 0)
      checkRouter(routerFields(fleet.router), entries, (key, message) => say(atParameter(key), message));
    checkWorkloads(fleet, say);
  })
  .transform((fleet): Omit<FleetSpec, "file"> => ({
    ...(fleet.engine === undefined ? {} : { engine: fleet.engine }),
    ...(fleet.slo_ms === undefined ? {} : { sloMs: fleet.slo_ms }),
    pools: fleet.pools,
    router: completeRouter(routerFields(fleet.router), entryPools(fleet.pools)),
    ...(fleet.workloads === undefined ? {} : { workloads: fleet.workloads }),
  }));

function checkIds(pools: readonly PoolSpec[], say: Say): void {
  const first = new Map<string, number>();
  for (const [index, { id }] of pools.entries()) {
    const other = first.get(id);
    if (other === undefined) first.set(id, index);
    else say(["pools", index, "id"], `pools[${other}] has that id already`);
  }
}

function checkTotals(pools: readonly PoolSpec[], say: Say): void {
  let replicas = 0;
  let slots = 0;
  for (const pool of pools) {
    replicas += poolReplicas(pool);
    slots += poolReplicas(pool) * poolSlots(pool);
  }
  if (replicas > MAX_REPLICAS)
    say(["pools"], `must have at most ${MAX_REPLICAS} replicas in all; these have ${replicas}`);
  if (slots > MAX_SLOTS) say(["pools"], `must have at most ${MAX_SLOTS} slots in all; these have ${slots}`);
}

const TAKES_NO_ARRIVALS = "names a decode pool, which takes no arrivals";

function checkDefaultPool(
  { router, pools }: FleetFields,
  entries: readonly PoolSpec[],
  say: (message: string) => void,
) {
  const named = typeof router !== "string" && "default_pool" in router ? router.default_pool : undefined;
  const isDecode = pools.some(({ id, stage }) => id === named && stage?.role === "decode");
  if (isDecode) say(`${TAKES_NO_ARRIVALS}: it ${mustBeOneOf(named, firstIds(entries))}`);
}

function checkWorkloads(fleet: FleetFields, say: Say): void {
  const entries = entryPools(fleet.pools);
  const takes = new Set(entries.map(({ id }) => id));
  const ids = new Set(fleet.pools.map(({ id }) => id));
  for (const { pool } of fleet.workloads ?? []) {
    if (takes.has(pool)) continue;
    const why = ids.has(pool) ? TAKES_NO_ARRIVALS : "names no pool";
    say(["workloads", pool], `${why}: each key ${mustBeOneOf(pool, firstIds(entries))}`);
  }
}

/** What a fleet file holds, in its own keys. */
export type FleetInput = z.input<typeof fleetShape>;

/**
 * Reads a fleet from the text of a file: JSON if its name ends in `.json`, YAML otherwise.
 *
 * The format is that of the Python tool's `fleet.json` with additions; {@link fleetJsonSchema} describes it. Keys that start with an
 * underscore are comments.
 *
 * @param fileName the file's path as its user gave it; used in messages, and kept as {@link FleetSpec.file}.
 * @throws InputError one sentence with file, line, column, field, what was found and what is allowed.
 */
export function parseFleet(text: string, fileName: string): FleetSpec {
  const { value, nameOf } = readDocument(text, fileName);
  if (value === null) throw new InputError(`${fileName}: the file is empty; it must hold an object with pools.`);
  return { file: fileName, ...checked(value, nameOf) };
}

/**
 * Checks a fleet given as data, in the keys of a fleet file.
 *
 * @param nameOf what messages call a field; by default its path, as in `pools[0].n_gpus`.
 * @throws InputError as {@link parseFleet}.
 */
export function checkFleet(fleet: unknown, nameOf: FieldNaming = (path) => pathText(path, "the fleet")): FleetSpec {
  return { file: "", ...checked(fleet, nameOf) };
}

function checked(value: unknown, nameOf: FieldNaming): Omit<FleetSpec, "file"> {
  const fleet = withoutComments(value, 0);
  const pools = fleet !== null && typeof fleet === "object" ? (fleet as { pools?: unknown }).pools : undefined;
  // Before each of a million entries is checked.
  if (Array.isArray(pools) && pools.length > MAX_POOLS) {
    throw new InputError(`${nameOf(["pools"])} has ${pools.length} entries, but ${poolsClause}.`);
  }
  return check(fleetSchema, fleet, nameOf);
}

/** Deepest nesting that is looked through for comments; the constants of a profile are as deep. */
const DEEPEST = 4;

function withoutComments(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => withoutComments(item, depth + 1));
  const kept = Object.entries(value).filter(([key]) => !key.startsWith("_"));
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutComments(field, depth + 1)]));
}

/** JSON Schema (draft 2020-12) of a fleet file, for editors. Rules that join several fields are not in it. */
export function fleetJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(fleetSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { "^_": {} };
    },
  });
}
