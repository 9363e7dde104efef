import {
  FIRST_TOKEN_DECODE,
  HANDOVER_PULL,
  HANDOVER_PUSH,
  HANDOVER_RESERVE,
  LINK_MODE_LAYERWISE,
  POOL_DECODE_POOL,
  POOL_FIELDS,
  POOL_FIRST_TOKEN,
  POOL_HANDOVER,
  POOL_KEEP,
  POOL_KV_TOKEN_BYTES,
  POOL_KV_WINDOW,
  POOL_KV_WINDOW_BYTES,
  POOL_LAYERS,
  POOL_LINK_BANDWIDTH,
  POOL_LINK_LATENCY,
  POOL_LINK_MODE,
  POOL_LINK_SHARED,
  POOL_ROLE,
  POOL_SPILL,
  ROLE_DECODE,
  ROLE_PREFILL,
} from "./contract";
import { Tick, tickOf } from "./clock";

// How far a request of a prefill pool is: Request.stage. ---------------------------------------------------------------------
/** It has asked for nothing: in a prefill pool, or served by one pool alone. */
export const STAGE_ALONE: u8 = 0;
/** It waits until nobody of its replica asks. */
export const STAGE_OUTBOX: u8 = 1;
/** It asks a decode lane for memory. */
export const STAGE_INTAKE: u8 = 2;
/** It has memory there. */
export const STAGE_GRANTED: u8 = 3;
/** It runs there, or has run. */
export const STAGE_SEATED: u8 = 4;
/** It decodes where it was prefilled. */
export const STAGE_KEPT: u8 = 5;
/** It is prefilled where it decodes. */
export const STAGE_SPILLED: u8 = 6;

/** A pool's place where prefill and decode are apart, and what has come of it. The rules are those of docs/reference/disaggregation.md. */
export class Stage {
  readonly prefills: bool;
  readonly decodes: bool;
  /** Index of the pool that decodes, of one that prefills. */
  readonly decodePool: i32;
  readonly firstTokenAtDecode: bool;
  readonly pulls: bool;
  readonly pushes: bool;
  readonly reserves: bool;
  readonly layerwise: bool;
  readonly shared: bool;
  /** Bytes/s of the link of a replica. */
  readonly bandwidth: f64;
  readonly latency: Tick;
  readonly layers: i64;
  /** Pending prompt tokens of a replica from which on requests are spilled. */
  readonly spill: f64;
  readonly keeps: bool;
  /** Memory is asked for when a request is admitted, before its prompt is computed. */
  readonly asksAtAdmission: bool;

  handedOver: f64 = 0;
  takenOver: f64 = 0;
  spilled: f64 = 0;
  kept: f64 = 0;
  transfers: f64 = 0;
  linkBytes: f64 = 0;
  transferSum: f64 = 0;
  grantSum: f64 = 0;
  linkWaitSum: f64 = 0;

  /** Blocks of nobody who runs: held for a transfer, or granted and not seated. */
  private outside: i64 = 0;
  private outsideSince: Tick = 0;
  private area: f64 = 0;

  private readonly tokenBytes: f64;
  private readonly windowBytes: f64;
  private readonly window: f64;

  constructor(fields: StaticArray<f64>, pool: i32) {
    const row = pool * POOL_FIELDS;
    const handover = <i32>fields[row + POOL_HANDOVER];
    this.prefills = fields[row + POOL_ROLE] == ROLE_PREFILL;
    this.decodes = fields[row + POOL_ROLE] == ROLE_DECODE;
    this.decodePool = <i32>fields[row + POOL_DECODE_POOL];
    this.firstTokenAtDecode = this.prefills && fields[row + POOL_FIRST_TOKEN] == FIRST_TOKEN_DECODE;
    this.pulls = handover == HANDOVER_PULL;
    this.pushes = handover == HANDOVER_PUSH;
    this.reserves = this.prefills && handover == HANDOVER_RESERVE;
    this.layerwise = fields[row + POOL_LINK_MODE] == LINK_MODE_LAYERWISE;
    this.shared = fields[row + POOL_LINK_SHARED] != 0;
    this.bandwidth = fields[row + POOL_LINK_BANDWIDTH];
    this.latency = tickOf(fields[row + POOL_LINK_LATENCY]);
    this.layers = <i64>fields[row + POOL_LAYERS];
    this.spill = fields[row + POOL_SPILL];
    this.keeps = this.prefills && fields[row + POOL_KEEP] != 0;
    this.asksAtAdmission = this.prefills && this.pushes && this.layerwise;
    this.tokenBytes = fields[row + POOL_KV_TOKEN_BYTES];
    this.windowBytes = fields[row + POOL_KV_WINDOW_BYTES];
    this.window = fields[row + POOL_KV_WINDOW];
  }

  /** Tokens whose keys and values cross, of a prompt of `input`. */
  tokensOver(input: u32): u32 {
    return this.firstTokenAtDecode ? input - 1 : input;
  }

  /** Bytes that the keys and values of `tokens` tokens take on the link. */
  bytesOf(tokens: u32): f64 {
    return this.tokenBytes * <f64>tokens + this.windowBytes * Math.min(<f64>tokens, this.window);
  }

  /** A transfer has landed: its bytes, its time from the end of the prompt in ticks, and of this what it waited for memory and what other transfers delayed it. */
  addTransfer(bytes: f64, whole: f64, granting: f64, delay: f64): void {
    this.transfers++;
    this.linkBytes += bytes;
    this.transferSum += whole;
    this.grantSum += granting;
    this.linkWaitSum += delay;
  }

  /** Blocks join or leave those of nobody who runs, at `tick`. */
  shift(blocks: i32, tick: Tick): void {
    this.area += <f64>this.outside * <f64>(tick - this.outsideSince);
    this.outsideSince = tick;
    this.outside += <i64>blocks;
  }

  /** Integral of those blocks to `tick`. */
  outsideArea(tick: Tick): f64 {
    this.shift(0, tick);
    return this.area;
  }
}
