import { loadCore } from "../core/load.js";
import { type Fleet, requireEngine, resolveFleet } from "../specs/fleet.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { pathBeside } from "../specs/path-beside.js";
import { type CapacityOptions, DEFAULT_ATTAINMENT } from "./capacity-options.js";
import type { SettledObjective, Trial } from "./capacity-point.js";
import { RunsProgress } from "./capacity-progress.js";
import { openScalable, type ScalableRequests } from "./capacity-requests.js";
import { type Classify, loadClassify } from "./classify.js";
import { DEFAULT_ENGINE, DEFAULT_SEED, DEFAULT_SLO_MS, DEFAULT_WARMUP } from "./replay.js";

/** Opens the requests of a search. */
export function openRequestsOf(options: CapacityOptions): Promise<ScalableRequests> {
  const { trace, seed = DEFAULT_SEED, replications = 1, users } = options;
  return openScalable(trace, options, { seed, replications, isClosedLoop: users !== undefined });
}

/**
 * Settles all that the runs of a search have in common.
 *
 * @param progress Told of what the runs have played; by default one that tells `options.onProgress`.
 * @throws InputError if the fleet cannot run under the engine, or does not go with the options.
 */
export async function prepareTrial(
  spec: FleetSpec,
  requests: ScalableRequests,
  options: CapacityOptions,
  progress = options.onProgress && new RunsProgress(options.onProgress),
): Promise<Trial> {
  const fleet = resolveFleet(options.perReplica ? oneReplicaEach(spec) : spec);
  const engine = options.engine ?? fleet.engine ?? DEFAULT_ENGINE;
  requireEngine(fleet, engine);
  if (options.slo?.itlMs !== undefined && engine === "slots") {
    throw new InputError("the engine slots does not know the gaps between tokens: a limit for ITL needs iterations.");
  }
  const classify = await classifyOf(options.classify, spec);
  const { users, step, seed = DEFAULT_SEED, warmup = DEFAULT_WARMUP, replications = 1 } = options;
  return {
    fleet,
    requests,
    objective: settle(options, fleet),
    engine,
    seed,
    warmup,
    replications,
    core: options.core ?? (await loadCore()),
    ...(users ? { users } : {}),
    ...(step ? { step } : {}),
    ...(classify ? { classify } : {}),
    ...(progress ? { progress } : {}),
  };
}

function settle({ slo = {}, attainment = DEFAULT_ATTAINMENT }: CapacityOptions, fleet: Fleet): SettledObjective {
  const isAnyGiven = Object.values(slo).some((limit) => limit !== undefined);
  const ttft = slo.ttftMs ?? fleet.sloMs ?? (isAnyGiven ? undefined : DEFAULT_SLO_MS);
  return {
    limits: {
      ...(ttft === undefined ? {} : { ttft }),
      ...(slo.tpotMs === undefined ? {} : { tpot: slo.tpotMs }),
      ...(slo.e2eMs === undefined ? {} : { e2e: slo.e2eMs }),
    },
    ...(slo.itlMs === undefined ? {} : { itlMs: slo.itlMs }),
    attainment,
  };
}

function oneReplicaEach(spec: FleetSpec): FleetSpec {
  const pools = spec.pools.map((pool) => {
    const one = { ...pool, replicas: 1 };
    delete one.gpus;
    return one;
  });
  return { ...spec, pools };
}

async function classifyOf(
  classify: Classify | string | undefined,
  { file, router }: FleetSpec,
): Promise<Classify | undefined> {
  if (router.type !== "semantic") {
    if (classify === undefined) return undefined;
    throw new InputError(`classify belongs to the router semantic; the router of this fleet is ${router.type}.`);
  }
  if (typeof classify === "function") return classify;
  if (classify !== undefined) return loadClassify(classify);
  return router.classify === undefined ? undefined : loadClassify(pathBeside(file, router.classify));
}
