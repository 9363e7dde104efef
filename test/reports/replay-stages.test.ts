/** What the report and the page of a replay say where prefill and decode are apart. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  fleetSpec,
  replayTrace,
  type ReplayTraceOptions,
  type ReplayTraceResult,
} from "../../host/planners/replay-trace.js";
import { replayPage } from "../../host/reports/html/replay-page.js";
import { replayReport } from "../../host/reports/replay-report.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { type Fleet, resolveFleet } from "../../host/specs/fleet.js";
import { every, type StagedChanges, stagedFleet, traceOf } from "../planners/staged-fleet.js";

interface Played {
  result: ReplayTraceResult;
  fleet: Fleet;
}

async function played(options: ReplayTraceOptions): Promise<Played> {
  return { result: await replayTrace(options), fleet: resolveFleet(await fleetSpec(options.fleet)) };
}

const small = (rows: readonly (readonly number[])[], changes: StagedChanges = {}, more = {}) =>
  played({ trace: traceOf(rows), fleet: stagedFleet(changes), warmup: 0, ...more });

const reportOf = ({ result, fleet }: Played, width = 100) =>
  replayReport(result, fleet, { fleetName: "f.yaml", width });
/** Line breaks as blanks. */
const words = (text: string) => text.replaceAll(/\s+/g, " ");

describe("the report of the example", () => {
  let example: Played;
  beforeAll(async () => {
    example = await played({ trace: "azure-conv", rateRps: 5, count: 2000, fleet: "examples/disaggregated.yaml" });
  });

  test.each([72, 80, 100, 110])("fits a page of %d columns", (width) => {
    const lines = reportOf(example, width).split("\n");
    expect(Math.max(...lines.map(visibleLength))).toBeLessThanOrEqual(width);
  });

  test("names who hands over to whom, how, and over which link", () => {
    expect(words(reportOf(example))).toContain(
      "phases prefill hands over to decode after its first token (pull, serial, fifo; 4 x ib-ndr, 160 GB/s a replica): 2,000 requests handed over",
    );
  });

  test("tells the first token at both ends, the gap in between, and the parts of a transfer", () => {
    const text = words(reportOf(example));
    expect(text).toMatch(
      /prompt computed after P50 [\d.]+ ms, P99 [\d.]+ ms; first token from the decode side after P50 [\d.]+ ms, P99 [\d.]+ ms/,
    );
    expect(text).toMatch(/hand-over P50 [\d.]+ ms, P99 [\d.]+ ms from the end of the prompt to the second token/);
    expect(text).toMatch(
      /transfer of \d+ MB [\d.]+ ms on average = [\d.]+ waiting for room \+ [\d.]+ for the link \+ [\d.]+ ms moving/,
    );
  });

  test("names what is full first, and what the GPUs draw", () => {
    const text = words(reportOf(example));
    expect(text).toMatch(/limits first to be full: \w+ of (prefill|decode) [\d.]+ %, then /);
    expect(text).toMatch(/energy [\d.]+ of [\d.]+ kW on average, [\d,]+ J a request, [\d.]+ J an output token;/);
  });

  test("leaves times out of the row of a pool that nothing arrives at", () => {
    const rows = reportOf(example).split("\n");
    const title = rows.findIndex((row) => row.startsWith("times in ms"));
    expect(rows[title + 1]).toMatch(/^fleet /);
    expect(rows[title + 2]).toBe("");
  });

  test("is on the page too", () => {
    const { result, fleet } = example;
    const { sections } = replayPage(result, fleet, { fleetName: "f.yaml" });
    const blocks = sections.flatMap((section) => section.blocks);
    const facts = blocks.flatMap((block) => (block.kind === "facts" ? block.facts : []));
    expect(facts.map(({ label }) => label)).toEqual(expect.arrayContaining(["phases", "hand-over", "limits"]));
    const tables = blocks.flatMap((block) => (block.kind === "table" ? [block] : []));
    const handOvers = tables.find(({ columns }) => columns[0] === "hand-over")!;
    expect(handOvers.rows.map(({ cells }) => cells[0])).toEqual(["prefill", "decode", "fleet"]);
  });
});

describe("the report of a fleet that does not keep up", () => {
  test("names the backlog, and what it grows for want of", async () => {
    const run = await small(every(0.02, 4000, 100, 51), {
      prefill: { serving: { num_blocks: 140, block_size: 16 }, max_ctx: 1024 },
      decode: { max_ctx: 1024, serving: { max_num_seqs: 16 } },
      link: { bandwidth_GBps: 1 },
    });
    const text = words(reportOf(run));
    expect(text).toMatch(/overloaded: the backlog grew \(prompts by 1\d\.\d requests\/s\)/);
    expect(text).toMatch(/limits outputs has no room for what comes.* and holds up prompts/);
  });

  test("says so before a backlog grows", async () => {
    const decode = { iteration_model: { type: "linear", c0_ms: 20, c4_ms: 0.05 }, serving: { max_num_seqs: 256 } };
    const text = words(reportOf(await small(every(0.005, 250, 100, 51), { decode, link: { bandwidth_GBps: 10 } })));
    expect(text).toContain("overloaded: more comes than is served, though no backlog grew yet");
    expect(text).toMatch(/outputs has no room for what comes \(1\.\d\d times what it can do at most\)/);
  });

  test("names links", async () => {
    const text = words(reportOf(await small(every(0.02, 2000), { link: { bandwidth_GBps: 0.04 } })));
    expect(text).toContain("limits prompts has links that carry too little");
  });
});

describe("the report of other ways of handing over", () => {
  test("tells which token ends the gap, and of a link without limit", async () => {
    const link = { bandwidth_GBps: undefined, efficiency: undefined, type: "none" };
    const text = words(reportOf(await small(every(0.05, 400), { prefill: { first_token: "decode" }, link })));
    expect(text).toContain("prompts hands over to outputs before its first token");
    expect(text).toContain("a link without limit");
    expect(text).toContain("from the end of the prompt to the first token");
  });

  test("tells what spilled, and what was kept", async () => {
    const spilled = await small(every(0.001, 300, 500, 5), { prefill: { spill_prompt_tokens: 1000 } });
    expect(words(reportOf(spilled))).toMatch(/handed over, \d+ spilled to the decode side before their prompt/);
    const kept = await small(every(0.001, 300, 100, 50), {
      prefill: { keep_decodes: true },
      decode: { serving: { max_num_seqs: 4 } },
    });
    expect(words(reportOf(kept))).toMatch(/handed over, \d+ kept where they were prefilled/);
  });

  test("has nothing of this where prefill and decode are not apart", async () => {
    const run = await played({ trace: "azure-conv", rateRps: 20, count: 500, fleet: "examples/fleet.json" });
    for (const label of ["phases", "hand-over", "limits", "energy"]) expect(reportOf(run)).not.toContain(label);
  });
});

describe("several limits", () => {
  test("are told one by one beside what keeps all", async () => {
    const run = await small(every(0.05, 400), {}, { sloMs: 5, sloTpotMs: 100 });
    expect(words(reportOf(run))).toContain("missed, 0 % keep within all (first token 0 %, output token 100 %)");
  });
});
