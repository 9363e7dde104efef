import type { CorePool, CorePrefillStage, RunSpec } from "../../host/core/run-spec.js";
import { drawn, pool, type Scenario } from "../iterations/scenario.js";

/** Azure conversation at so many requests a second takes three replicas that prefill and four that decode. */
const RATE_RPS = 20;
const PREFILL_REPLICAS = 3;
const DECODE_REPLICAS = 4;

/** Llama-3.1-8B in bf16: 2 x 32 layers x 8 KV heads x 128 x 2 bytes (Grattafiori et al., "The Llama 3 Herd of Models", table 3). */
const KV_BYTES = 131_072;
const LAYERS = 32;

/** One InfiniBand NDR NIC, 400 Gbit/s, of which 0.8 is carried. */
const LINK_BYTES_PER_S = 0.8 * 50e9;

/** How requests are handed over, where it is not pulled, serial, one after the other. */
export type HandOver = Partial<CorePrefillStage>;

/** The Azure conversation workload through prefill, link and decode. */
export function staged(
  name: string,
  requests: number,
  handOver: HandOver = {},
  decode: Partial<CorePool> = {},
): Scenario {
  const { spec } = drawn(name, requests, { rateRps: RATE_RPS });
  return { name, requests, spec: { ...spec, pools: stagedPools(handOver, decode) } };
}

/** The same requests through as many replicas that do both. */
export function together(name: string, requests: number): Scenario {
  const { spec } = drawn(name, requests, { rateRps: RATE_RPS });
  return {
    name,
    requests,
    spec: { ...spec, pools: [pool({ pool: { replicas: PREFILL_REPLICAS + DECODE_REPLICAS } })] },
  };
}

function stagedPools(handOver: HandOver, decode: Partial<CorePool>): RunSpec["pools"] {
  const prefill = pool({ pool: { replicas: PREFILL_REPLICAS } });
  return [
    {
      ...prefill,
      stage: {
        role: "prefill",
        decodePool: 1,
        firstToken: "prefill",
        handover: "pull",
        mode: "serial",
        sharing: "fifo",
        linkBytesPerS: LINK_BYTES_PER_S,
        linkLatencyS: 50e-6,
        kv: { tokenBytes: KV_BYTES, windowBytes: 0, window: 0 },
        layers: LAYERS,
        spillPromptTokens: null,
        keepDecodes: false,
        ...handOver,
      },
    },
    {
      ...pool({ pool: { replicas: DECODE_REPLICAS, ...decode } }),
      stage: { role: "decode", linkBytesPerS: LINK_BYTES_PER_S },
    },
  ];
}
