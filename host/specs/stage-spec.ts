import * as z from "zod";
import { MAX_INT32, oneOf, text, wholeNumber } from "./fields.js";
import {
  handoverOf,
  linkOf,
  linkSchema,
  type LinkFields,
  type LinkSpec,
  NO_LIMIT,
  TRANSFER_KEYS,
  transferOf,
  type TransferSpec,
} from "./link-spec.js";
import type { ServingSpec } from "./serving-spec.js";

/** What a pool does of a request. Rules: docs/reference/disaggregation.md. */
export const ROLES = ["mixed", "prefill", "decode"] as const;
export type Role = (typeof ROLES)[number];

/** Which side emits the first token. */
export const FIRST_TOKENS = ["prefill", "decode"] as const;
export type FirstToken = (typeof FIRST_TOKENS)[number];

/** A pool that computes prompts and hands requests over, as its author gave it, with defaults filled in. */
export interface PrefillSpec {
  role: "prefill";
  /** Id of the pool that decodes; absent: the only one of the fleet. */
  decodePool?: string;
  firstToken: FirstToken;
  /** Prompt tokens pending in a replica from which on requests go to the decode pool as they are; absent: never. */
  spillPromptTokens?: number;
  /** Whether a request that finds no room in the decode pool decodes where it is. */
  keepDecodes: boolean;
  link: LinkSpec;
  transfer: TransferSpec;
}

/** A pool that decodes what others hand over. */
export interface DecodeSpec {
  role: "decode";
  /** Absent: that of the pools that hand over to it. */
  link?: LinkSpec;
}

/** Keys of a pool that say what it does where prefill and decode are apart. */
export const stageShape = {
  role: oneOf(ROLES)
    .default("mixed")
    .describe("what the pool does of a request: prompts and outputs (mixed), prompts alone or outputs alone"),
  decode_pool: text(64)
    .optional()
    .describe("prefill pools: id of the pool that decodes; the only decode pool of the fleet unless given"),
  first_token: oneOf(FIRST_TOKENS)
    .optional()
    .describe("prefill pools: which side emits the first token; prefill unless given"),
  spill_prompt_tokens: wholeNumber(1, MAX_INT32)
    .optional()
    .describe(
      "prefill pools: from so many pending prompt tokens in a replica on, requests go to the decode pool as they are; never unless given",
    ),
  keep_decodes: z
    .boolean({ error: "must be true or false" })
    .optional()
    .describe("prefill pools: a request that finds no room in the decode pool decodes where it is"),
  link: linkSchema
    .optional()
    .describe(
      "prefill pools, which need one, and decode pools: what keys and values cross; of a decode pool that of its prefill pools unless given",
    ),
} as const;

const PREFILL_KEYS = ["decode_pool", "first_token", "spill_prompt_tokens", "keep_decodes"] as const;

/** What of a pool decides its stage. */
export interface StageFields {
  role: Role;
  decode_pool?: string | undefined;
  first_token?: FirstToken | undefined;
  spill_prompt_tokens?: number | undefined;
  keep_decodes?: boolean | undefined;
  link?: LinkFields | undefined;
  queue: "replica" | "shared";
  max_queue?: number | undefined;
  serving?: ServingSpec | undefined;
}

type Say = (path: PropertyKey[], message: string) => void;

/** Checks what a pool says of its stage, by itself. */
export function checkStage(pool: StageFields, say: Say): void {
  if (pool.role !== "prefill") {
    for (const key of PREFILL_KEYS) {
      if (pool[key] !== undefined) say([key], `belongs to prefill pools, and role is ${pool.role}`);
    }
  }
  switch (pool.role) {
    case "mixed":
      if (pool.link !== undefined) say(["link"], "has no meaning where role is mixed: it must be prefill or decode");
      return;
    case "decode":
      checkDecode(pool, say);
      return;
    case "prefill":
      checkPrefill(pool, say);
  }
}

function checkDecode({ link, queue, max_queue: maxQueue, serving }: StageFields, say: Say): void {
  for (const key of TRANSFER_KEYS) {
    if (link?.[key] !== undefined) say(["link", key], "belongs to prefill pools, and role is decode");
  }
  const scheduler = serving?.scheduler ?? "vllm";
  if (scheduler !== "vllm" && scheduler !== "sarathi") {
    say(["serving", "scheduler"], "must be vllm or sarathi in a decode pool");
  }
  if (queue === "shared") say(["queue"], "must be replica in a decode pool: who hands over chooses the replica");
  if (maxQueue !== undefined) say(["max_queue"], "has no meaning in a decode pool, which takes what was begun");
  if (serving?.enablePrefixCaching) {
    say(["serving", "enable_prefix_caching"], "must be false in a decode pool: prompts are computed elsewhere");
  }
}

function checkPrefill(pool: StageFields, say: Say): void {
  const { link } = pool;
  if (link === undefined) {
    say(["link"], `must say what keys and values cross: an object with type (${NO_LIMIT}: no limit) or bandwidth_GBps`);
    return;
  }
  const handover = handoverOf(link);
  if (handover === "reserve" && pool.max_queue !== undefined) {
    say(["max_queue"], "must be left out where handover is reserve: requests wait for memory before they are queued");
  }
  if (pool.spill_prompt_tokens !== undefined) {
    if (handover === "reserve") say(["spill_prompt_tokens"], "must be left out where handover is reserve");
    if (pool.queue === "shared") say(["spill_prompt_tokens"], "must be left out where queue is shared");
  }
  if (pool.keep_decodes && (handover !== "pull" || link.mode === "layerwise")) {
    const chosen = link.mode === "layerwise" ? "mode is layerwise" : `handover is ${handover}`;
    say(["keep_decodes"], `needs handover pull and mode serial, and ${chosen}`);
  }
}

/** What a pool that was checked does of a request; `undefined`: all. */
export function stageOf(pool: StageFields): PrefillSpec | DecodeSpec | undefined {
  const { link } = pool;
  switch (pool.role) {
    case "mixed":
      return undefined;
    case "decode":
      return { role: "decode", ...(link === undefined ? {} : { link: linkOf(link) }) };
    case "prefill":
      return {
        role: "prefill",
        ...(pool.decode_pool === undefined ? {} : { decodePool: pool.decode_pool }),
        firstToken: pool.first_token ?? "prefill",
        ...(pool.spill_prompt_tokens === undefined ? {} : { spillPromptTokens: pool.spill_prompt_tokens }),
        keepDecodes: pool.keep_decodes ?? false,
        link: linkOf(link!),
        transfer: transferOf(link!),
      };
  }
}
