/** Flags of `disagg` beside those that other planning commands have. */
import { type Command, Option } from "commander";
import { DEFAULT_MAX_RHO, DISAGG_DEFAULTS, MAX_WORKERS } from "../planners/disagg/constant-method.js";
import {
  DISAGG_GOALS,
  type DisaggBudget,
  type DisaggGoal,
  LEAST_TRIAL_REQUESTS,
} from "../planners/disagg/disagg-options.js";
import { TPOT_OVER, type TpotOver, TTFT_AT, type TtftAt } from "../planners/disagg/latency-objective.js";
import type { HandoverChoice } from "../planners/disagg/pair-fleet.js";
import { MAX_POOL_REQUESTS } from "../planners/sizing/sizing-limits.js";
import { HANDOVERS, type Handover, LINK_MODES, type LinkMode, SHARINGS, type Sharing } from "../specs/link-spec.js";
import { FIRST_TOKENS, type FirstToken } from "../specs/stage-spec.js";
import { listOf, number, oneOf, tokenCount, wholeNumber } from "./flags.js";
import { GPU_HELP } from "./replica-flags.js";

/** How an answer is found. */
export const METHODS = ["simulate", "constant"] as const;

/** Values of {@link addRoleFlags}. */
export interface RoleFlagValues {
  gpuPrefill: string[];
  gpuDecode: string[];
  tpPrefill?: number[];
  tpDecode?: number[];
  ppPrefill?: number[];
  ppDecode?: number[];
  powerCapPrefill?: (number | null)[];
  powerCapDecode?: (number | null)[];
}

/** Values of {@link addHandoverFlags}. */
export interface HandoverFlags {
  link?: string;
  linkGbps?: number;
  linkNics?: number;
  linkEfficiency?: number;
  linkLatencyUs?: number;
  transfer?: LinkMode;
  linkSharing?: Sharing;
  handover?: Handover;
  firstToken?: FirstToken;
  spillPromptTokens?: number;
  keepDecodes?: true;
  kvBytesPerToken?: number;
}

/** Values of {@link addObjectiveFlags}. */
export interface ObjectiveFlags {
  sloTtft: number;
  sloTpot: number;
  attainment?: number;
  sloSlowdown?: true;
  sloReference?: string;
  ttftAt?: TtftAt;
  tpotOver?: TpotOver;
  goal?: DisaggGoal;
  budgetCostPerHr?: number;
  budgetPowerW?: number;
  budgetGpus?: number;
}

/** Values of {@link addBoundFlags}. */
export interface BoundFlags {
  maxCtx: number;
  meanIsl: number;
  meanOsl: number;
  maxPrefill: number;
  maxDecode: number;
  maxRho: number;
  nSimReq?: number;
}

/** Flags of the simulation, by the names of their values: a constant has no use for them. */
export const SIMULATION_FLAGS: Readonly<Record<string, string>> = {
  tpPrefill: "--tp-prefill",
  tpDecode: "--tp-decode",
  ppPrefill: "--pp-prefill",
  ppDecode: "--pp-decode",
  powerCapPrefill: "--power-cap-prefill",
  powerCapDecode: "--power-cap-decode",
  link: "--link",
  linkGbps: "--link-gbps",
  linkNics: "--link-nics",
  linkEfficiency: "--link-efficiency",
  linkLatencyUs: "--link-latency-us",
  transfer: "--transfer",
  linkSharing: "--link-sharing",
  handover: "--handover",
  firstToken: "--first-token",
  spillPromptTokens: "--spill-prompt-tokens",
  keepDecodes: "--keep-decodes",
  kvBytesPerToken: "--kv-bytes-per-token",
  attainment: "--attainment",
  sloSlowdown: "--slo-slowdown",
  sloReference: "--slo-reference",
  ttftAt: "--ttft-at",
  tpotOver: "--tpot-over",
  goal: "--goal",
  budgetCostPerHr: "--budget-cost-per-hr",
  budgetPowerW: "--budget-power-w",
  budgetGpus: "--budget-gpus",
  nSimReq: "--n-sim-req",
  explain: "--explain",
  fleetOut: "--fleet-out",
};

/** Adds the flags that say which replicas each side may have. */
export function addRoleFlags(command: Command): Command {
  const names = listOf((name: string) => name);
  const sizes = listOf(wholeNumber(1, 1024));
  const caps = listOf((text: string) => (text === "none" ? null : number({ above: 0 })(text)));
  command
    .addOption(
      new Option("--gpu-prefill <names>", `GPUs that may prefill, between commas: ${GPU_HELP}`)
        .argParser(names)
        .default(["h100"], "h100"),
    )
    .addOption(
      new Option("--gpu-decode <names>", "GPUs that may decode; every pair of both is considered")
        .argParser(names)
        .default(["a100"], "a100"),
    );
  for (const role of ["prefill", "decode"] as const) {
    command
      .option(
        `--tp-${role} <sizes>`,
        `with --model: GPUs that share every layer of a ${role} replica, sizes between commas`,
        sizes,
      )
      .option(
        `--pp-${role} <sizes>`,
        `with --model: pipeline stages of a ${role} replica, numbers between commas`,
        sizes,
      )
      .option(
        `--power-cap-${role} <W>`,
        `most power of a ${role} GPU, W, several between commas; none: as much as it draws`,
        caps,
      );
  }
  return command;
}

/** Adds the flags that say how requests get from one side to the other. */
export function addHandoverFlags(command: Command): Command {
  return command
    .optionsGroup("From prefill to decode:")
    .option(
      "--link <type>",
      "link of a replica, as the command links lists them, or none for no limit (default: a NIC for each GPU, HDR for A100, NDR for H100, H200 and B200)",
    )
    .option("--link-gbps <GB/s>", "in place of --link: what one NIC carries, decimal GB/s", number({ above: 0 }))
    .option("--link-nics <n>", "NICs of a replica", wholeNumber(1, 1024))
    .option(
      "--link-efficiency <share>",
      "share of the bandwidth that a link really carries",
      number({ above: 0, atMost: 1 }),
    )
    .option("--link-latency-us <us>", "what a transfer takes beside its bytes, us", number({ atLeast: 0 }))
    .addOption(
      new Option(
        "--transfer <mode>",
        "keys and values cross after the prompt (serial, the default), or layer by layer",
      ).argParser(oneOf(LINK_MODES)),
    )
    .addOption(
      new Option(
        "--link-sharing <how>",
        "transfers of a link one after the other (fifo, the default), or all at once",
      ).argParser(oneOf(SHARINGS)),
    )
    .addOption(
      new Option(
        "--handover <when>",
        "when memory of the decode side is asked for: pull (default), push (default of layerwise) or reserve",
      ).argParser(oneOf(HANDOVERS)),
    )
    .addOption(
      new Option("--first-token <side>", "which side emits the first token (default: prefill)").argParser(
        oneOf(FIRST_TOKENS),
      ),
    )
    .option(
      "--spill-prompt-tokens <n>",
      "pending prompt tokens of a prefill replica from which on requests go to the decode side as they are (default: never)",
      tokenCount(),
    )
    .option(
      "--keep-decodes",
      "a request that finds no room on the decode side decodes where it is; with pull and serial",
    )
    .option(
      "--kv-bytes-per-token <bytes>",
      "bytes of a token that cross (default: those of the model; of the profiles a100 and h100, of Llama-3.1-70B)",
      number({ above: 0 }),
    );
}

/** Adds the flags that say what is to be kept, and what is to be had for it. */
export function addObjectiveFlags(command: Command): Command {
  const limit = number({ above: 0 });
  return command
    .option("--slo-ttft <ms>", "limit for the P99 of the time to first token, ms", limit, DISAGG_DEFAULTS.sloTtftMs)
    .option("--slo-tpot <ms>", "limit for the P99 of the time per output token, ms", limit, DISAGG_DEFAULTS.sloTpotMs)
    .option(
      "--attainment <share>",
      "share of the requests that is to keep both limits together, as 0.9, in place of the P99 of each",
      number({ above: 0, below: 1 }),
    )
    .option("--slo-slowdown", "the nine slowdowns of Splitwise against a lone request, in place of limits in ms")
    .option(
      "--slo-reference <gpu>",
      "with --slo-slowdown: GPU of the lone request, eight of them with --model (default: a100-sxm-80gb, without a model a100)",
    )
    .addOption(
      new Option(
        "--ttft-at <when>",
        "first token at the end of the prefill, or when the user has one from the decode side: prefill or user (default: when it is emitted, see --first-token)",
      ).argParser(oneOf(TTFT_AT)),
    )
    .addOption(
      new Option(
        "--tpot-over <what>",
        "time per output token over the gaps between tokens (n-1) or over all tokens (n) (default: n-1; n with --slo-slowdown)",
      ).argParser(oneOf(TPOT_OVER)),
    )
    .addOption(
      new Option(
        "--goal <what>",
        "what to have as little of as possible: cost, power or gpus (default: cost)",
      ).argParser(oneOf(DISAGG_GOALS)),
    )
    .option("--budget-cost-per-hr <usd>", "find the highest rate within so many dollars an hour", number({ above: 0 }))
    .option("--budget-power-w <W>", "find the highest rate within so much provisioned power, W", number({ above: 0 }))
    .option("--budget-gpus <n>", "find the highest rate with so many GPUs", wholeNumber(1));
}

/** Adds the flags that bound the search. */
export function addBoundFlags(command: Command): Command {
  return command
    .option("--max-ctx <tokens>", "longest request; longer ones are left out", tokenCount(), DISAGG_DEFAULTS.maxCtx)
    .option("--mean-isl <tokens>", "prompt tokens of every request; 0: those of the requests", tokenCount(0), 0)
    .option("--mean-osl <tokens>", "output tokens of every request; 0: those of the requests", tokenCount(0), 0)
    .option("--max-prefill <n>", "most prefill replicas", wholeNumber(1, MAX_WORKERS), DISAGG_DEFAULTS.maxPrefill)
    .option("--max-decode <n>", "most decode replicas", wholeNumber(1, MAX_WORKERS), DISAGG_DEFAULTS.maxDecode)
    .option(
      "--n-sim-req <n>",
      "requests of a run (default: 8,000, or as many as turn the fleet over twelve times)",
      wholeNumber(LEAST_TRIAL_REQUESTS, MAX_POOL_REQUESTS),
    )
    .option(
      "--max-rho <share>",
      "with --method constant: largest load of a pool, as a share of what it can serve",
      number({ above: 0, below: 1 }),
      DEFAULT_MAX_RHO,
    );
}

/** The budget of the flags; `undefined`: none. Of several the planner complains. */
export function budgetOf({ budgetCostPerHr, budgetPowerW, budgetGpus }: ObjectiveFlags): DisaggBudget | undefined {
  const budget = {
    ...(budgetCostPerHr === undefined ? {} : { costPerHr: budgetCostPerHr }),
    ...(budgetPowerW === undefined ? {} : { powerW: budgetPowerW }),
    ...(budgetGpus === undefined ? {} : { gpus: budgetGpus }),
  };
  return Object.keys(budget).length === 0 ? undefined : budget;
}

/** How the flags want requests to get from one side to the other. */
export function handoverChoice(flags: HandoverFlags): HandoverChoice {
  const link = defined({
    type: flags.link,
    bandwidth_GBps: flags.linkGbps,
    nics: flags.linkNics,
    efficiency: flags.linkEfficiency,
    latency_us: flags.linkLatencyUs,
    mode: flags.transfer,
    sharing: flags.linkSharing,
    handover: flags.handover,
    kv_bytes_per_token: flags.kvBytesPerToken,
  });
  return {
    link,
    ...defined({
      firstToken: flags.firstToken,
      spillPromptTokens: flags.spillPromptTokens,
      keepDecodes: flags.keepDecodes,
    }),
  };
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
