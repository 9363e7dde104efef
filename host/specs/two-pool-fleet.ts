import { pathText, type FieldPath } from "./check.js";
import { checkFleet, type FleetSpec } from "./fleet-spec.js";
import { InputError } from "./input-error.js";

/** The flags that describe a two-pool fleet, as the Python tool has them. */
export interface TwoPoolFlags {
  /** `--n-s`: GPUs of the pool "short". */
  nShort: number;
  /** `--n-l`: GPUs of the pool "long". */
  nLong: number;
  /** `--b-short`: boundary, total tokens; the window of the pool "short". Default 4096. */
  bShort?: number;
  /** `--long-max-ctx`: window of the pool "long". Default 65536. */
  longMaxCtx?: number;
  /** `--gpu-short`. Default a100. */
  gpuShort?: string;
  /** `--gpu-long`. Default a100. */
  gpuLong?: string;
  /** `--gamma`: above 1, requests of up to `gamma * bShort` tokens are compressed into the pool "short". Default 1. */
  gamma?: number;
  /** `--slo`: target for the P99 of TTFT, ms. Absent: none. */
  sloMs?: number;
}

const FLAGS: Readonly<Record<string, string>> = {
  "pools[0].n_gpus": "--n-s",
  "pools[1].n_gpus": "--n-l",
  "pools[0].max_ctx": "--b-short",
  "pools[1].max_ctx": "--long-max-ctx",
  "pools[0].gpu": "--gpu-short",
  "pools[1].gpu": "--gpu-long",
  "router.gamma": "--gamma",
  pools: "the fleet of --n-s and --n-l",
  slo_ms: "--slo",
};

/**
 * The fleet of the command `simulate`: pools "short" and "long" with a length router at `bShort`, or compress_route where `gamma` is
 * above 1.
 *
 * @throws InputError one sentence that names the flag, what was found and what is allowed.
 */
export function twoPoolFleet(flags: TwoPoolFlags): FleetSpec {
  const {
    nShort,
    nLong,
    bShort = 4096,
    longMaxCtx = 65536,
    gpuShort = "a100",
    gpuLong = "a100",
    gamma = 1,
    sloMs,
  } = flags;
  const router =
    gamma === 1 ? { type: "length", threshold: bShort } : { type: "compress_route", b_short: bShort, gamma };
  if (Number.isInteger(longMaxCtx) && longMaxCtx >= 1 && bShort >= longMaxCtx) {
    throw new InputError(`--b-short is ${bShort}, but must be less than --long-max-ctx, ${longMaxCtx}.`);
  }
  return checkFleet(
    {
      ...(sloMs === undefined ? {} : { slo_ms: sloMs }),
      pools: [
        { id: "short", gpu: gpuShort, n_gpus: nShort, max_ctx: bShort },
        { id: "long", gpu: gpuLong, n_gpus: nLong, max_ctx: longMaxCtx },
      ],
      router,
    },
    flagOf,
  );
}

function flagOf(path: FieldPath): string {
  const field = pathText(path, "the fleet");
  return FLAGS[field] ?? field;
}
