import type { Bottleneck } from "../../core/bottlenecks.js";
import type { Distribution } from "../../core/distribution.js";
import type { Energy } from "../../core/energy-figures.js";
import type { InterTokenLatency } from "../../core/gap-sketch.js";
import type { Transfers } from "../../core/staged-figures.js";
import type { FleetInput } from "../../specs/fleet-spec.js";
import type { ColocatedScheduling } from "./colocated-kind.js";
import type { DisaggGoal } from "./disagg-options.js";
import type { DisaggExplanation } from "./explain.js";
import type { TpotOver, TtftAt } from "./latency-objective.js";
import type { FrontierException, PairCounts } from "./pair-frontier.js";

/** Shares of the measured requests that keep the limits: all of them together, and each by itself. */
export interface Attainment {
  joint: number;
  ttft: number;
  tpot: number;
  /** Where slowdowns are limited. */
  e2e?: number;
}

/** A pair of pools at a rate, as simulated. The first nine keys are the Python tool's. */
export interface DisaggPoint {
  n_prefill: number;
  n_decode: number;
  total_gpus: number;
  /** Requests a second that the slowest of prefill, link and decode could serve if nothing ever waited. */
  system_rate: number;
  thru_per_gpu: number;
  /** P99 of TTFT and of TPOT, as the objective has them; `null` where the request of that rank has none. */
  ttft_ms: number | null;
  tpot_ms: number | null;
  /** US dollars. */
  cost_per_hr: number;
  slo_met: boolean;
  method: "simulate";
  /** GPUs and power caps of both sides. */
  design: string;
  /** Kinds of replica. */
  prefill: string;
  decode: string;
  /** Provisioned, W; `null`: not known. */
  power_w: number | null;
  /** At which it was played, requests/s. */
  rate_rps: number;
  /** Requests of the run, those of the warm-up included. */
  requests: number;
  attainment: Attainment;
  /** Whether a run of other requests has confirmed it: the answer alone is. */
  is_confirmed: boolean;
}

/** The best pair of a design. */
export interface DisaggDesign {
  /** GPUs and power caps of both sides. */
  design: string;
  best: DisaggPoint | null;
  /** Why there is none. */
  why_none: string | null;
  /** The most replicas of each side that were allowed. */
  most: PairCounts;
}

/** What a resource of one side is used, averaged over the measured window. Shares of what there is. */
export interface SideUse {
  /** Time with an iteration running. */
  busy: number;
  /** Requests in service, of those that may be. */
  seats: number;
  /** KV blocks, and of these those of nobody who runs: held for a transfer, or granted and not seated. */
  kv: number;
  kv_outside: number;
  /** Bytes moved over what links could move; `null`: no limit. */
  link: number | null;
}

/** P50, P90 and P99 of slowdowns against lone requests on the reference machine. */
export interface Slowdowns {
  ttft: Record<"p50" | "p90" | "p99", number | null>;
  tpot: Record<"p50" | "p90" | "p99", number | null>;
  e2e: Record<"p50" | "p90" | "p99", number | null>;
}

/** A replay of the answer with requests that neither the search nor its confirmation has seen. */
export interface DisaggCheck {
  seed: number;
  requests: number;
  /** Those of a trace are the same. */
  has_fresh_requests: boolean;
  rate_rps: number;
  /** Whether the objective is kept, and everything keeps up. */
  holds: boolean;
  verdict: "stable" | "overloaded";
  bottlenecks: readonly Bottleneck[];
  attainment: Attainment;
  /** When the prompt is computed, and when the decode side emits its first token. */
  ttft_at_prefill_ms: Distribution;
  ttft_at_user_ms: Distribution;
  /** When the first token is emitted, by whichever side emits it. */
  ttft_ms: Distribution;
  /** Over the gaps between tokens, and over all tokens. */
  tpot_ms: Distribution;
  tpot_over_n_ms: Distribution;
  e2e_ms: Distribution;
  itl_ms: InterTokenLatency;
  /** End of the prompt to the first token that the decode side emits. */
  handover_ms: Distribution;
  transfers: Transfers;
  use: { prefill: SideUse; decode: SideUse };
  energy: Energy | null;
  energy_unknown?: string;
  slowdowns?: Slowdowns;
}

/** What gives way first as the rate grows. */
export interface BreaksFirst {
  /** The highest rate at which the answer keeps the objective, and the first above it at which the requests of the search do not, requests/s. */
  goodput_rps: number;
  at_rps: number;
  /** Conditions that are missed there; none: the fleet keeps them in this run, but does not keep up. */
  missed: readonly string[];
  /** `prefill`: prompts are computed as fast as they can be; `link`; `decode-memory` and `decode-seats`: who is handed over waits for one; `decode-speed`: iterations take too long with all who decode. */
  resource: "prefill" | "link" | "decode-memory" | "decode-seats" | "decode-speed";
  /** There. */
  use: { prefill: SideUse; decode: SideUse };
}

/** A fleet whose replicas prefill and decode. */
export interface ColocatedPoint {
  /** Kind of replica. */
  replica: string;
  scheduling: ColocatedScheduling;
  /** Tokens of an iteration; `null`: no limit. */
  max_num_batched_tokens: number | null;
  n_replicas: number;
  total_gpus: number;
  cost_per_hr: number;
  power_w: number | null;
  rate_rps: number;
  ttft_ms: number | null;
  tpot_ms: number | null;
  attainment: Attainment;
}

/** The same requests without separate pools, same engine, same objective. */
export interface Colocated {
  /** The least by the goal at the rate; `null`: no number is enough, or a budget was given. Confirmed as the answer is. */
  cheapest: ColocatedPoint | null;
  /** The best of each kind of GPU and scheduling. */
  rows: ColocatedPoint[];
  /** Within what the answer counts for, by its goal: the highest rate; `null`: not even one replica, or none keeps the objective. */
  at_same_cost: ColocatedPoint | null;
  /** What the answer counts for, as a share of what the cheapest of these does; below 1: separating pays. `null` where one of them is missing. */
  cost_ratio: number | null;
  /** Goodput of the answer over that at the same cost; above 1: separating pays. */
  goodput_ratio: number | null;
  /** Whether separating pays: by cost where there is a rate to serve, by goodput where there is a budget. `null`: neither serves it. */
  pays: boolean | null;
}

/** What comes nearest where no pair is enough. */
export interface DisaggMiss {
  point: DisaggPoint;
  verdict: "stable" | "overloaded";
  /** Conditions that are missed, and how many times as many requests miss them as may. */
  missed: { condition: string; excess: number }[];
}

/** The answer of `disagg`. */
export interface DisaggResult {
  /** The pair that has least of the goal, or bears the highest rate within the budget; `null` if none is enough. */
  best: (DisaggPoint & { goodput_rps: number }) | null;
  /** Pairs that are enough, of which no other is cheaper with no more GPUs, or smaller at no more cost, and the answer whatever its goal; by GPUs. */
  pareto: DisaggPoint[];
  method: "simulate";
  goal: DisaggGoal | "goodput";
  /** What the pair may have at most, by the one key that was given; `null`: none was. */
  budget: { cost_per_hr?: number; power_w?: number; gpus?: number } | null;
  /** The best pair of every design. */
  designs: DisaggDesign[];
  check: DisaggCheck | null;
  breaks_first: BreaksFirst | null;
  /** Absent where it was not wanted. */
  colocated?: Colocated;
  nearest_miss: DisaggMiss | null;
  /** Why there is no answer, where there is none. */
  why_none: string | null;
  /** The answer in the keys of a fleet file, as `replay` takes it. */
  fleet: FleetInput | null;
  objective: {
    ttft_ms: number | null;
    tpot_ms: number | null;
    /** Share that is to keep both limits together; `null`: 99 % that keep each. */
    attainment: number | null;
    /** The nine limits of slowdowns, and the machine that they are against; `null`: limits are ms. */
    slowdown: { reference: string; conditions: readonly string[] } | null;
    /** `emitted`: by whichever side emits the first token. */
    ttft_at: TtftAt | "emitted";
    tpot_over: TpotOver;
  };
  lengths: { mean_isl: number; mean_osl: number; from: "requests" | "given" };
  requests: { name: string; rate_rps: number; too_long_share: number };
  max_ctx: number;
  search: {
    runs: number;
    /** Requests of a run. */
    requests: number;
    /** Of one that confirms; `null`: a trace has no others. */
    requests_to_confirm: number | null;
    pairs: number;
    /** Runs that contradict each other, if more replicas are never worse. */
    exceptions: (FrontierException & { pair: string })[];
    /** Apart rates that were tried, as a share. */
    rate_step: number;
  };
  /** Pairs and kinds of replica that could not be considered, and why. */
  refused: { replica: string; why: string }[];
  /** What was not given and is taken to be so. */
  assumed: string[];
  /** What formulas say of the answer, where that was asked for. */
  explanation?: DisaggExplanation;
  seed: number;
  /** What a reader should know. */
  notes: string[];
}
