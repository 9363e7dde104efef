import { type Fleet } from "../../specs/fleet.js";
import type { FleetInput } from "../../specs/fleet-spec.js";
import { kvBytesOf } from "../../specs/kv-bytes.js";
import type { LengthMoments } from "../sizing/length-moments.js";
import type { DisaggBudget, DisaggGoal } from "./disagg-options.js";
import { handoverOption } from "./handover-names.js";
import { type HandoverChoice, pairInput, resolvedFleet, withCounts } from "./pair-fleet.js";
import { type FleetKind, type FleetTotals, priceOf, SURELY_TOO_FEW } from "./fleet-kind.js";
import type { PairCounts, PairPrice, PairRange } from "./pair-frontier.js";
import { decodeCapacity, type PhaseCapacity, prefillCapacity } from "./phase-capacity.js";
import { replicasWithin, type RoleKind } from "./role-kind.js";

/** Share of what a side can serve with which it is taken to keep its limits, to begin with. */
const USUAL_LOAD = 0.85;

/** What all pairs of a question have in common. */
export interface PairContext {
  maxCtx: number;
  handover: HandoverChoice;
  moments: LengthMoments;
  tpotMs: number;
}

/** A kind of replica that prefills beside one that decodes. */
export class PairKind implements FleetKind {
  readonly name: string;
  /** GPUs and caps of both sides: pairs of one design differ in the sizes of their replicas alone. */
  readonly design: string;
  /** Of one replica, requests/s. The link is that of either side. */
  readonly capacity: {
    prefill: PhaseCapacity;
    decode: PhaseCapacity & { stayS: number };
    prefillLinkRps: number;
    decodeLinkRps: number;
  };
  private readonly one: Fleet;

  /** @throws InputError if there is no such pair. */
  constructor(
    readonly prefill: RoleKind,
    readonly decode: RoleKind,
    private readonly context: PairContext,
  ) {
    this.name = `${prefill.option.name} + ${decode.option.name}`;
    this.design = prefill.gpu === decode.gpu ? prefill.gpu : `${prefill.gpu} + ${decode.gpu}`;
    this.one = resolvedFleet(this.inputOf({ prefill: 1, decode: 1 }), this.name, (path) =>
      handoverOption(context.handover, path),
    );
    const { moments, tpotMs } = context;
    const [prefillPool, decodePool] = [this.one.pools[0]!, this.one.pools[1]!];
    const stage = prefillPool.stage;
    const bytes = stage?.role === "prefill" ? kvBytesOf(stage.kv, moments.input) : 0;
    this.capacity = {
      prefill: prefillCapacity(prefillPool, moments),
      decode: decodeCapacity(decodePool, moments, tpotMs),
      prefillLinkRps: (stage?.link.bytesPerS ?? Infinity) / bytes,
      decodeLinkRps: (decodePool.stage?.link.bytesPerS ?? Infinity) / bytes,
    };
  }

  /** So many replicas, in the keys of a fleet file. */
  inputOf(counts: PairCounts): FleetInput {
    return pairInput(this.prefill, this.decode, counts, this.context);
  }

  /** So many replicas. */
  fleetOf({ prefill, decode }: PairCounts): Fleet {
    return withCounts(this.one, [prefill, decode]);
  }

  totals({ prefill, decode }: PairCounts): FleetTotals {
    const of = (figure: "gpus" | "costPerHr") => prefill * this.prefill[figure] + decode * this.decode[figure];
    const [prefillW, decodeW] = [this.prefill.watts, this.decode.watts];
    const watts = prefillW === undefined || decodeW === undefined ? undefined : prefill * prefillW + decode * decodeW;
    return { gpus: of("gpus"), costPerHr: of("costPerHr"), ...(watts === undefined ? {} : { watts }) };
  }

  priceBy(goal: DisaggGoal): PairPrice {
    return priceOf((counts) => this.totals(counts), goal);
  }

  /** Requests a second that so many could serve if nothing ever waited: those of the slowest of prefill, links and decode. */
  systemRps(counts: PairCounts): number {
    return Math.min(...Object.values(this.shares(counts)));
  }

  /** The same of each: `most`, or what is expected of those that keep the limit of TPOT. */
  shares({ prefill, decode }: PairCounts, which: "mostRps" | "expectedRps" = "mostRps") {
    const { capacity } = this;
    return {
      prefill: prefill * capacity.prefill[which],
      link: Math.min(prefill * capacity.prefillLinkRps, decode * capacity.decodeLinkRps),
      decode: decode * capacity.decode[which],
    };
  }

  mostRps(counts: PairCounts): number {
    const { prefill, link, decode } = this.shares(counts);
    return Math.min(this.isCaching ? Infinity : prefill, link, decode) / SURELY_TOO_FEW;
  }

  /** What a prefix cache spares is known by simulation alone. */
  private get isCaching(): boolean {
    return this.prefill.pool.serving.enablePrefixCaching;
  }

  expectedRps(counts: PairCounts): number {
    return Math.min(...Object.values(this.shares(counts, "expectedRps")));
  }

  rangeAt(rateRps: number, most: PairCounts): PairRange {
    const { capacity } = this;
    const prefillRps = this.isCaching ? Infinity : capacity.prefill.mostRps;
    const least = (ofRole: number, ofLink: number) =>
      Math.max(1, Math.ceil((SURELY_TOO_FEW * rateRps) / Math.min(ofRole, ofLink)));
    const guess = (side: "prefill" | "decode") =>
      Math.max(1, Math.min(most[side], Math.ceil(rateRps / capacity[side].expectedRps / USUAL_LOAD)));
    return {
      least: {
        prefill: least(prefillRps, capacity.prefillLinkRps),
        decode: least(capacity.decode.mostRps, capacity.decodeLinkRps),
      },
      most,
      guess: { prefill: guess("prefill"), decode: guess("decode") },
    };
  }

  /** The most that decode beside so many that prefill within a budget; less than 1: there are too many of these. */
  mostDecode(prefill: number, budget: DisaggBudget): number {
    return replicasWithin(budget, this.decode, { kind: this.prefill, count: prefill });
  }

  /** Beside every number that prefill the most that decode, within a budget and the numbers that there may be. */
  countsWithin(budget: DisaggBudget, most: PairCounts): PairCounts[] {
    const counts: PairCounts[] = [];
    for (let prefill = 1; prefill <= most.prefill; prefill++) {
      const decode = Math.min(most.decode, this.mostDecode(prefill, budget));
      if (decode < 1) break;
      counts.push({ prefill, decode });
    }
    return counts;
  }
}
