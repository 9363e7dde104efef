import { describe, expect, it } from "vitest";
import { roofline, stagedPools, stagedRefusal, type StagedChanges } from "./staged-fleet.js";

type Case = [what: string, changes: StagedChanges, message: string];

const linear = { iteration_model: { type: "linear", c0_ms: 8 } };
const ndr = { type: "ib-ndr" };
const [pre, dec] = stagedPools();

describe("a link is refused in one sentence", () => {
  const link = (keys: Record<string, unknown>): StagedChanges => ({ pre: { link: keys } });
  const types =
    "must be one of nvlink3, nvlink4, nvlink5, ib-hdr, ib-ndr, ib-xdr, dgx-a100, dgx-h100, pcie4, pcie5, 25gbe, 100gbe, 200gbe, 400gbe, none";
  const cases: Case[] = [
    ["of no known type", link({ type: "ib-nrd" }), `link.type is "ib-nrd", but ${types} (did you mean ib-ndr?).`],
    ["whose type is no name", link({ type: 3 }), `link.type is 3, but ${types}.`],
    [
      "without type and bandwidth",
      link({}),
      `link.type is missing; it ${types}, or else bandwidth_GBps must be given.`,
    ],
    [
      "with both",
      link({ ...ndr, bandwidth_GBps: 3 }),
      "link.bandwidth_GBps is 3, but type is given too; a link has one of them.",
    ],
    [
      "without any bandwidth",
      link({ bandwidth_GBps: 0 }),
      "link.bandwidth_GBps is 0, but must be a number above 0, at most 1000000.",
    ],
    [
      "that is as fast as none",
      link({ bandwidth_GBps: 1e9 }),
      "link.bandwidth_GBps is 1000000000, but must be a number above 0, at most 1000000.",
    ],
    ["of half a NIC", link({ ...ndr, nics: 0.5 }), "link.nics is 0.5, but must be a whole number from 1 to 1024."],
    [
      "more than efficient",
      link({ ...ndr, efficiency: 80 }),
      "link.efficiency is 80, but must be a number above 0, at most 1.",
    ],
    [
      "without limit that has NICs",
      link({ type: "none", nics: 2 }),
      "link.nics is 2, but has no meaning where type is none.",
    ],
    [
      "without limit that has an efficiency",
      link({ type: "none", efficiency: 0.5 }),
      "link.efficiency is 0.5, but has no meaning where type is none.",
    ],
    [
      "that takes negative time",
      link({ ...ndr, latency_us: -1 }),
      "link.latency_us is -1, but must be a number from 0 to 100000000.",
    ],
    [
      "of an unknown mode",
      link({ ...ndr, mode: "layered" }),
      'link.mode is "layered", but must be one of serial, layerwise.',
    ],
    [
      "pulled layer by layer",
      link({ ...ndr, mode: "layerwise", handover: "pull" }),
      'link.handover is "pull", but must be push or reserve with mode layerwise: layers cross before the prompt is computed.',
    ],
    [
      "with layers that do not matter",
      link({ ...ndr, layers: 32 }),
      "link.layers is 32, but has no meaning without mode layerwise.",
    ],
    ["that loses bytes", link({ ...ndr, regroup: 0.5 }), "link.regroup is 0.5, but must be a number from 1 to 10."],
    [
      "whose tokens weigh nothing",
      link({ ...ndr, kv_bytes_per_token: 0 }),
      "link.kv_bytes_per_token is 0, but must be a finite number above 0.",
    ],
    [
      "with an unknown key",
      link({ ...ndr, bandwidth_gbps: 3 }),
      "link.bandwidth_gbps is not a known key (did you mean bandwidth_GBps?); known here: type,",
    ],
    [
      "that is no object",
      { pre: { link: "ib-ndr" } },
      'link is "ib-ndr", but must be an object with type or bandwidth_GBps.',
    ],
  ];
  it.each(cases)("%s", (_what, changes, message) => {
    expect(stagedRefusal(changes)).toContain(`pools[0].${message}`);
  });
});

describe("a pool is refused in one sentence", () => {
  const cases: Case[] = [
    [
      "of an unknown role",
      { pre: { role: "prefil" } },
      'pools[0].role is "prefil", but must be one of mixed, prefill, decode (did you mean prefill?).',
    ],
    [
      "mixed, with a link",
      { more: [{ ...pre, id: "mix", role: "mixed" }] },
      "pools[2].link has no meaning where role is mixed: it must be prefill or decode.",
    ],
    [
      "mixed, with a decode pool",
      { more: [{ ...pre, id: "mix", role: "mixed", link: undefined, decode_pool: "dec" }] },
      'pools[2].decode_pool is "dec", but belongs to prefill pools, and role is mixed.',
    ],
    [
      "that decodes and says which side emits the first token",
      { dec: { first_token: "decode" } },
      'pools[1].first_token is "decode", but belongs to prefill pools, and role is decode.',
    ],
    [
      "that decodes and spills",
      { dec: { spill_prompt_tokens: 9 } },
      "pools[1].spill_prompt_tokens is 9, but belongs to prefill pools, and role is decode.",
    ],
    [
      "that decodes and keeps",
      { dec: { keep_decodes: false } },
      "pools[1].keep_decodes is false, but belongs to prefill pools, and role is decode.",
    ],
    [
      "that decodes and says how its link is used",
      { dec: { link: { ...ndr, latency_us: 5 } } },
      "pools[1].link.latency_us is 5, but belongs to prefill pools, and role is decode.",
    ],
    [
      "that decodes in whole batches",
      { dec: { serving: { scheduler: "static" } } },
      'pools[1].serving.scheduler is "static", but must be vllm or sarathi in a decode pool.',
    ],
    [
      "that decodes from one queue",
      { dec: { queue: "shared" } },
      'pools[1].queue is "shared", but must be replica in a decode pool: who hands over chooses the replica.',
    ],
    [
      "that decodes and turns away",
      { dec: { max_queue: 3 } },
      "pools[1].max_queue is 3, but has no meaning in a decode pool, which takes what was begun.",
    ],
    [
      "that decodes and caches prompts",
      { dec: { serving: { enable_prefix_caching: true } } },
      "pools[1].serving.enable_prefix_caching is true, but must be false in a decode pool: prompts are computed elsewhere.",
    ],
    [
      "that prefills and has no link",
      { pre: { link: undefined } },
      "pools[0].link is missing; it must say what keys and values cross: an object with type (none: no limit) or bandwidth_GBps.",
    ],
    [
      "that reserves and turns away",
      { pre: { link: { ...ndr, handover: "reserve" }, max_queue: 9 } },
      "pools[0].max_queue is 9, but must be left out where handover is reserve: requests wait for memory before they are queued.",
    ],
    [
      "that reserves and spills",
      { pre: { link: { ...ndr, handover: "reserve" }, spill_prompt_tokens: 9 } },
      "pools[0].spill_prompt_tokens is 9, but must be left out where handover is reserve.",
    ],
    [
      "that spills from one queue",
      { pre: { queue: "shared", spill_prompt_tokens: 9 } },
      "pools[0].spill_prompt_tokens is 9, but must be left out where queue is shared.",
    ],
    [
      "that spills from no tokens on",
      { pre: { spill_prompt_tokens: 0 } },
      "pools[0].spill_prompt_tokens is 0, but must be a whole number from 1 to 2147483647.",
    ],
    [
      "that keeps and pushes",
      { pre: { link: { ...ndr, handover: "push" }, keep_decodes: true } },
      "pools[0].keep_decodes is true, but needs handover pull and mode serial, and handover is push.",
    ],
    [
      "that keeps and sends layer by layer",
      { pre: { link: { ...ndr, mode: "layerwise" }, keep_decodes: true } },
      "pools[0].keep_decodes is true, but needs handover pull and mode serial, and mode is layerwise.",
    ],
    [
      "that keeps with a word",
      { pre: { keep_decodes: "yes" } },
      'pools[0].keep_decodes is "yes", but must be true or false.',
    ],
  ];
  it.each(cases)("%s", (_what, changes, message) => {
    expect(stagedRefusal(changes)).toBe(message);
  });
});

describe("pools that do not fit each other are refused in one sentence", () => {
  const other = { ...dec, id: "other" };
  const pre2 = { ...pre, id: "pre-2" };
  const cases: Case[] = [
    [
      "where nobody decodes",
      { dec: { role: "mixed" } },
      'pools[0].role is "prefill", but the fleet has no pool of role decode to hand over to.',
    ],
    [
      "where nobody prefills",
      { pre: { role: "decode" } },
      'pools[0].role is "decode", but no prefill pool hands over to it.',
    ],
    [
      "where one of two decode pools must be chosen",
      { more: [other] },
      "pools[0].decode_pool is missing; it must be one of dec, other: the fleet has several pools of role decode.",
    ],
    [
      "where the pool that is named does not exist",
      { pre: { decode_pool: "decc" }, more: [other] },
      'pools[0].decode_pool is "decc", but must be one of dec, other (did you mean dec?): it must name a pool of role decode.',
    ],
    [
      "where the pool that is named does not decode",
      { pre: { decode_pool: "pre" } },
      'pools[0].decode_pool is "pre", but must be dec: it must name a pool of role decode.',
    ],
    [
      "where nobody hands over to a decode pool",
      { pre: { decode_pool: "dec" }, more: [other] },
      'pools[2].role is "decode", but no prefill pool hands over to it.',
    ],
    [
      "where one shares its link and another does not",
      { more: [{ ...pre2, link: { ...ndr, sharing: "shared" } }] },
      'pools[2].link.sharing is "shared", but must be fifo as in pools[0]: all prefill pools of a fleet have the same.',
    ],
    [
      "where the link of a decode pool is not known",
      { more: [{ ...pre2, link: { ...ndr, nics: 2 } }] },
      "pools[1].link is missing; it must be given: the links of the prefill pools that hand over to it differ.",
    ],
    [
      "where models differ",
      { dec: { iteration_model: roofline({ model: "qwen3-8b" }) } },
      'pools[0].iteration_model.model is "llama-3.1-8b", but must be the model of pools[1], which decodes: qwen3-8b.',
    ],
    [
      "where types of keys and values differ",
      {
        pre: { iteration_model: roofline({ kv_dtype: "bf16" }) },
        dec: { iteration_model: roofline({ kv_dtype: "fp8" }) },
      },
      'pools[0].iteration_model.kv_dtype is "bf16", but must be that of pools[1], which decodes: fp8.',
    ],
    [
      "where no model says what crosses",
      { pre: linear },
      "pools[0].link.kv_bytes_per_token is missing; it must be the bytes of a token that cross: the pool has no roofline, which would know the model.",
    ],
    [
      "where a profile says nothing of the model",
      { pre: { iteration_model: undefined, gpu: "a100" } },
      "pools[0].link.kv_bytes_per_token is missing; it must be the bytes of a token that cross: the pool has no roofline, which would know the model.",
    ],
    [
      "where no model says in how many layers",
      { pre: { ...linear, link: { ...ndr, mode: "layerwise", kv_bytes_per_token: 9 } } },
      "pools[0].link.layers is missing; it must be the layers of the model: the pool has no roofline, which would know the model.",
    ],
  ];
  it.each(cases)("%s", (_what, changes, message) => {
    expect(stagedRefusal(changes)).toBe(message);
  });

  it.each([
    [
      "where requests without a label go to a decode pool",
      { router: { type: "model", default_pool: "dec" } },
      'router.default_pool is "dec", but names a decode pool, which takes no arrivals: it must be pre.',
    ],
    [
      "where a workload is meant for a decode pool",
      { workloads: { dec: { workload: "azure" } } },
      "workloads.dec names a decode pool, which takes no arrivals: each key must be pre.",
    ],
    [
      "where a router's boundary is beyond what the decode pool holds",
      { router: { type: "length", threshold: 8192 } },
      "router.threshold is 8192, but must be at most 4096, the smallest max_ctx: longer requests would not fit the pool that gets them.",
    ],
  ])("%s", (_what, fleet, message) => {
    expect(stagedRefusal({ dec: { max_ctx: 4096 } }, fleet)).toBe(message);
  });

  it("but not where only the types of weights differ", () => {
    const fp8 = { iteration_model: roofline({ dtype: "fp8" }) };
    expect(() => stagedRefusal({ dec: fp8 })).toThrow("accepted");
  });
});
