import { type Core, loadCore } from "../../core/load.js";
import { InputError } from "../../specs/input-error.js";
import { OptionError } from "../../specs/option-error.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { openPlanningRequests, type PlanningRequests } from "../planning-requests.js";
import { DEFAULT_SEED } from "../replay.js";
import { type LengthMoments, lengthMoments } from "../sizing/length-moments.js";
import { checkOptions } from "../sizing/replica-options.js";
import type { ReplicaOption } from "../sizing/replica-option.js";
import { MAX_POOL_REQUESTS } from "../sizing/sizing-limits.js";
import type { DisaggBudget, DisaggGoal, DisaggOptions, SettledDisagg } from "./disagg-options.js";
import { settleDisagg } from "./disagg-options.js";
import { type HeldLoad, holdLoad } from "./held-load.js";
import { absoluteObjective, type LatencyObjective, slowdownObjective } from "./latency-objective.js";
import { loadLengths } from "./load-lengths.js";
import { PairKind } from "./pair-kind.js";
import type { PairCounts } from "./pair-frontier.js";
import { referenceMachine } from "./reference-machine.js";
import { roleKind, type RoleKind } from "./role-kind.js";

/** A question that is open, and what all of its runs have in common. */
export interface DisaggQuestion extends SettledDisagg {
  budget?: DisaggBudget;
  objective: LatencyObjective;
  /** All requests, those that are left out included, a second. */
  opened: PlanningRequests;
  rateRps: number;
  nodes: LengthNodes;
  moments: LengthMoments;
  prefills: readonly RoleKind[];
  decodes: readonly RoleKind[];
  pairs: readonly PairKind[];
  /** Pairs that cannot be, and why. */
  refused: { replica: string; why: string }[];
  most: PairCounts;
  /** Requests of runs. */
  load: HeldLoad;
  /** More requests of the same kind, others for each number from 1 on, which is added to the seed; of a trace there are none. */
  fresh: (number: number) => Promise<HeldLoad | undefined>;
  /** How many these are. */
  freshCount: number;
  seed: number;
  core: Core;
  /** Runs so far. */
  runs: number;
  onRun?: (runs: number) => void | Promise<void>;
}

/** Fewest requests of a run, where their number is left open: 60 beyond the P99 of those that are measured. */
const LEAST_REQUESTS = 8000;
/** Requests in the fleet at a time, over which a run must turn around so often that it tells of a fleet that has filled: then each half of what is measured is some four stays long. */
const TURNOVERS = 12;
/** How many times the requests of a run confirm what runs have found: near the load that a fleet can just bear its backlog wanders, and does so slowly. */
const CONFIRMING = 4;
/** Most pairs of kinds of replica. */
const MAX_PAIRS = 400;

/** @throws InputError if an option is out of range, or the input cannot be used. */
export async function openDisagg(options: DisaggOptions): Promise<DisaggQuestion> {
  const settled = settleDisagg(options);
  const { seed = DEFAULT_SEED, budget } = options;
  const { maxCtx } = settled;
  const [prefills, decodes] = [kindsOf("prefill", options, maxCtx), kindsOf("decode", options, maxCtx)];
  checkMeasures([...prefills, ...decodes], settled.goal, budget);
  const opened = await openPlanningRequests(options, { seed });
  const { rateRps } = opened;
  const nodes = loadLengths(opened, { maxCtx, ...given(options) });
  const moments = lengthMoments(nodes);
  const objective = objectiveOf(options, settled, prefills[0]!);
  const tpotMs = objective.reference ? Infinity : settled.sloTpotMs;
  const context = { maxCtx, handover: options.handover ?? {}, moments, tpotMs };
  const { pairs, refused } = pairsOf(prefills, decodes, context);
  const most = { prefill: settled.maxPrefill, decode: settled.maxDecode };
  const wanted = options.requests ?? requestsFor(pairs, most, { rateRps, budget });
  const hold = (count: number, ofSeed: number) =>
    holdLoad(opened, {
      maxCtx,
      count: Math.min(count, MAX_POOL_REQUESTS),
      isCount: options.requests !== undefined,
      seed: ofSeed,
      ...(options.meanIsl === undefined ? {} : { input: options.meanIsl }),
      ...(options.meanOsl === undefined ? {} : { output: options.meanOsl }),
    });
  const load = await hold(wanted, seed);
  const freshCount = Math.min(MAX_POOL_REQUESTS, CONFIRMING * load.count);
  const fresh = new Map<number, HeldLoad>();
  return {
    ...settled,
    ...(budget === undefined ? {} : { budget }),
    objective,
    opened,
    rateRps,
    nodes,
    moments,
    prefills,
    decodes,
    pairs,
    refused,
    most,
    load,
    fresh: async (number) => {
      if (!opened.isDrawn) return undefined;
      const held = fresh.get(number) ?? (await hold(freshCount, seed + number));
      fresh.set(number, held);
      return held;
    },
    freshCount,
    seed,
    core: options.core ?? (await loadCore()),
    runs: 0,
    ...(options.onRun ? { onRun: options.onRun } : {}),
  };
}

function given({ meanIsl, meanOsl }: DisaggOptions) {
  return {
    ...(meanIsl === undefined ? {} : { meanIsl }),
    ...(meanOsl === undefined ? {} : { meanOsl }),
  };
}

function kindsOf(role: "prefill" | "decode", options: DisaggOptions, maxCtx: number): RoleKind[] {
  const kinds = options[role];
  const list: readonly ReplicaOption[] = "replica" in kinds ? [kinds] : kinds;
  return checkOptions(list).map((option) => roleKind(option, maxCtx));
}

/** What each kind must have for a goal or a budget. */
function checkMeasures(
  kinds: readonly RoleKind[],
  goal: DisaggGoal | "goodput",
  budget: DisaggBudget | undefined,
): void {
  const needsCost = goal === "cost" || budget?.costPerHr !== undefined;
  const needsPower = goal === "power" || budget?.powerW !== undefined;
  const priceless = needsCost ? kinds.find(({ costPerHr }) => costPerHr === 0) : undefined;
  if (priceless) throw new InputError(`${priceless.option.name} has no price: give it one, or minimise power or gpus.`);
  const unknown = needsPower ? kinds.find(({ watts }) => watts === undefined) : undefined;
  if (unknown) throw new InputError(`nothing is known of the power of ${unknown.option.name}: minimise cost or gpus.`);
}

function objectiveOf(options: DisaggOptions, settled: SettledDisagg, first: RoleKind): LatencyObjective {
  const { attainment, ttftAt, tpotOver, sloSlowdown } = options;
  const at = { ...(ttftAt === undefined ? {} : { ttftAt }), ...(tpotOver === undefined ? {} : { tpotOver }) };
  if (sloSlowdown !== undefined) return slowdownObjective(referenceMachine(sloSlowdown, first, settled.maxCtx), at);
  const limits = { ttft: settled.sloTtftMs, tpot: settled.sloTpotMs };
  return absoluteObjective(limits, { ...at, ...(attainment === undefined ? {} : { attainment }) });
}

function pairsOf(
  prefills: readonly RoleKind[],
  decodes: readonly RoleKind[],
  context: ConstructorParameters<typeof PairKind>[2],
): Pick<DisaggQuestion, "pairs" | "refused"> {
  const count = prefills.length * decodes.length;
  if (count > MAX_PAIRS) {
    throw new OptionError(
      (nameOf) =>
        `${nameOf("prefill")} and ${nameOf("decode")} make ${count} pairs of kinds of replica; at most ${MAX_PAIRS} are compared: name fewer.`,
    );
  }
  const pairs: PairKind[] = [];
  const refused: DisaggQuestion["refused"] = [];
  let first: InputError | undefined;
  for (const prefill of prefills) {
    for (const decode of decodes) {
      try {
        pairs.push(new PairKind(prefill, decode, context));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        first ??= error;
        refused.push({ replica: `${prefill.option.name} + ${decode.option.name}`, why: error.message });
      }
    }
  }
  if (pairs.length === 0) throw first!;
  return { pairs, refused };
}

/** Requests of a run. At the rate that is planned for, or of a budget at the most that it is expected to bear. */
function requestsFor(
  pairs: readonly PairKind[],
  most: PairCounts,
  { rateRps, budget }: { rateRps: number; budget: DisaggBudget | undefined },
): number {
  let inFleet = 0;
  for (const pair of pairs) {
    const { stayS } = pair.capacity.decode;
    // Nobody decodes: whatever the rate, nobody stays.
    if (stayS > 0) inFleet = Math.max(inFleet, (budget ? expectedWithin(pair, budget, most) : rateRps) * stayS);
  }
  return Math.max(LEAST_REQUESTS, Math.ceil(TURNOVERS * inFleet));
}

function expectedWithin(pair: PairKind, budget: DisaggBudget, most: PairCounts): number {
  return pair.countsWithin(budget, most).reduce((best, counts) => Math.max(best, pair.expectedRps(counts)), 0);
}
