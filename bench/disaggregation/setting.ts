import type { LinkName } from "../../host/specs/link-catalog.js";

/** The model of every fleet of the grid. */
export const MODEL = "llama-3.1-70b";

/** Of draws and of every run. */
export const SEED = 42;

/** Most replicas of either side that are tried. */
export const MOST_REPLICAS = 64;

/** A workload, at which rate it is planned for, and what is to be kept. */
export interface LoadSetting {
  workload: "azure-conv" | "azure-code" | "mooncake-conversation";
  /** What the page calls it. */
  title: string;
  rateRps: number;
  /** Limits of the P99, ms. */
  ttftMs: number;
  tpotMs: number;
  /** Longest request, tokens. */
  maxCtx: number;
  /** Why these limits. */
  why: string;
}

export const LOADS: readonly LoadSetting[] = [
  {
    workload: "azure-conv",
    title: "Azure conversation",
    rateRps: 60,
    ttftMs: 2000,
    tpotMs: 100,
    maxCtx: 16384,
    why: "Somebody reads along: two seconds until the answer begins, and ten tokens a second, which is faster than one reads",
  },
  {
    workload: "azure-code",
    title: "Azure code",
    rateRps: 10,
    ttftMs: 1000,
    tpotMs: 100,
    maxCtx: 16384,
    why: "Whoever types waits for a completion of a line or two, so that its beginning matters most: one second",
  },
  {
    workload: "mooncake-conversation",
    title: "Mooncake conversation",
    rateRps: 10,
    ttftMs: 30000,
    tpotMs: 100,
    maxCtx: 131072,
    why: "The longest prompts take many seconds on any of these replicas, however idle, so that two seconds are out of reach for 99 %: thirty",
  },
];

/** GPUs of the two sides. */
export interface HardwareSetting {
  name: string;
  prefill: GpuName;
  decode: GpuName;
}

/** A kind of GPU: of the catalog, or one whose power is capped. */
export const GPUS = {
  H100: { hardware: "h100-sxm" },
  A100: { hardware: "a100-sxm-80gb" },
  "H100 at 350 W": { hardware: "h100-sxm", powerCapW: 350 },
} as const;
export type GpuName = keyof typeof GPUS;

export const HARDWARE: readonly HardwareSetting[] = [
  { name: "H100", prefill: "H100", decode: "H100" },
  { name: "A100", prefill: "A100", decode: "A100" },
  { name: "H100 + A100", prefill: "H100", decode: "A100" },
  { name: "H100 + H100 at 350 W", prefill: "H100", decode: "H100 at 350 W" },
];

/** What keys and values cross, the same for a replica of either side. */
export interface LinkSetting {
  name: "NVLink" | "8 x HDR" | "one HDR" | "25 GbE";
  link: { type: LinkName; nics?: number };
  /** NVLink of A100 is another. */
  ofA100?: { type: LinkName };
}

export const LINKS: readonly LinkSetting[] = [
  { name: "NVLink", link: { type: "nvlink4" }, ofA100: { type: "nvlink3" } },
  { name: "8 x HDR", link: { type: "dgx-a100" } },
  { name: "one HDR", link: { type: "ib-hdr", nics: 1 } },
  { name: "25 GbE", link: { type: "25gbe" } },
];

/** The link as a pool of these GPUs has it: the slower one where they differ. */
export function linkOf({ link, ofA100 }: LinkSetting, { prefill, decode }: HardwareSetting): LinkSetting["link"] {
  return ofA100 && (prefill === "A100" || decode === "A100") ? ofA100 : link;
}
