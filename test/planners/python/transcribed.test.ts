/** What `transcribed_formulas.py` computes in CPython, computed here. */
import { describe, expect, it } from "vitest";
import { pythonCalibrate } from "../../../host/planners/python/calibrate.js";
import { CPythonRandom } from "../../../host/planners/python/cpython-random.js";
import {
  pythonDisagg,
  pythonDisaggLengths,
  pythonDisaggOptimize,
  type PythonDisaggOptions,
} from "../../../host/planners/python/disagg.js";
import {
  pythonFleetTokensPerWatt,
  pythonTwoPoolTokensPerWatt,
} from "../../../host/planners/python/fleet-tokens-per-watt.js";
import { PYTHON_FLEX_PCTS, pythonGridFlex } from "../../../host/planners/python/grid-flex.js";
import { pythonRound } from "../../../host/planners/python/round.js";
import { pythonSplitCdf } from "../../../host/planners/python/split-cdf.js";
import { pythonGammas, pythonSweep, pythonSweepOut } from "../../../host/planners/python/sweep.js";
import { pythonThresholdPareto } from "../../../host/planners/python/threshold-pareto.js";
import { pythonTokensPerWatt } from "../../../host/planners/python/tokens-per-watt.js";
import { pythonWhatif, pythonWhatifCompare } from "../../../host/planners/python/whatif.js";
import { pythonProfile } from "../../../host/profiles/python/computed.js";
import { pythonHardware } from "../../../host/profiles/python/hardware.js";
import { pythonGpu, pythonManualProfile } from "../../../host/profiles/python/manual.js";
import { pythonModel } from "../../../host/profiles/python/models.js";
import { profileSchema } from "../../../host/specs/profile-spec.js";
import { getBuiltinCdf } from "../../../host/workloads/builtin/catalog.js";
import { cdfEval } from "../../../host/workloads/cdf.js";
import { differences, readFixture } from "../../profiles/python/fixture.js";

interface PoolsCase {
  cdf: string;
  lam: number;
  short: string;
  long: string;
  slo: number;
  ctx: number;
}

const expected = readFixture<{
  random: number[];
  randint: number[];
  random_after: number;
  random_of_large_seed: number[];
  round: [number, number, number][];
  cdf_eval: [number, number][];
  calibrate: { cdf: string; ctx: number; gpu: string; shortest: number; seed: number; result: number[] }[];
  gammas: [number, number[]][];
  sweeps: (PoolsCase & { b: number; p_c: number; avail: number; top: number; rows: unknown[]; out: unknown[] })[];
  whatif: unknown[];
  compare: unknown[];
  pareto: (PoolsCase & { gamma: number; rows: unknown[] })[];
  disagg: [unknown, ...{ densest: unknown; best: unknown; pareto: unknown[] }[]];
  grid_flex: unknown[][];
  watts: unknown[];
  fleet_watts: unknown[];
  splits: unknown[];
}>("planners");

const azure = getBuiltinCdf("azure");
const [a100, h100, a10g] = [pythonGpu("a100"), pythonGpu("h100"), pythonGpu("a10g")];

const valuesOf = (row: object): unknown[] => Object.values(row);

function poolsOf({ cdf, short, long, slo, ctx }: PoolsCase) {
  return { cdf: getBuiltinCdf(cdf), short: pythonGpu(short), long: pythonGpu(long), sloMs: slo, longMaxCtx: ctx };
}

describe("random.Random(42)", () => {
  const random = new CPythonRandom(42);

  it("gives the numbers of CPython, and goes on with them past its 624 words of state", () => {
    expect(Array.from({ length: 12 }, () => random.random())).toEqual(expected.random);
    const highs = [1, 2, 3, 10, 64, 100, 1000, 65536, 2 ** 31, 2 ** 32 - 2];
    expect(highs.map((high) => random.randint(1, high))).toEqual(expected.randint);
    expect(Array.from({ length: 700 }, () => random.random()).at(-1)).toBe(expected.random_after);
  });

  it("takes seeds of more than 32 bits", () => {
    const other = new CPythonRandom(1_099_511_627_783);
    expect([other.random(), other.randint(-5, 5), other.random()]).toEqual(expected.random_of_large_seed);
  });
});

it.each(expected.round)("round(%d, %i) is %d", (x, digits, rounded) => {
  expect(pythonRound(x, digits)).toBe(rounded);
});

it.each(expected.cdf_eval)("cdf_eval(%d) is %d", (t, fraction) => {
  expect(differences(cdfEval(azure, t), fraction)).toEqual([]);
});

it.each(expected.calibrate)("calibration of $gpu at $ctx by $cdf, seed $seed", (wanted) => {
  const { cdf, ctx, gpu, shortest, seed, result } = wanted;
  const pool = { lengths: getBuiltinCdf(cdf), maxCtx: ctx, profile: pythonGpu(gpu), shortest };
  const { gpuRps, cv2, slots, meanPrefillS } = pythonCalibrate(pool, seed);
  expect(differences([gpuRps, cv2, slots, meanPrefillS], result)).toEqual([]);
});

it.each(expected.gammas)("gammas to %d", (top, gammas) => {
  expect(pythonGammas(top)).toEqual(gammas);
});

it.each(expected.sweeps)("sweep of $cdf at $b, $lam/s, $short and $long", (wanted) => {
  const pools = { ...poolsOf(wanted), bShort: wanted.b, compressible: wanted.p_c, nodeAvail: wanted.avail };
  const rows = pythonSweep(pools, wanted.lam, pythonGammas(wanted.top));
  expect(differences(rows, wanted.rows)).toEqual([]);
  expect(rows.map(pythonSweepOut)).toEqual(wanted.out);
});

it("what if", () => {
  const pools = { cdf: azure, short: a100, long: a100, bShort: 4096, longMaxCtx: 65536, sloMs: 500 };
  expect(pythonWhatif(pools, [50, 200, 1000]).map(valuesOf)).toEqual(expected.whatif);
});

it("what if, GPU by GPU", () => {
  const pools = { cdf: getBuiltinCdf("lmsys"), bShort: 4096, longMaxCtx: 65536, sloMs: 60 };
  const gpus = new Map(Object.entries({ h100, a10g }));
  const rows = pythonWhatifCompare(pools, [20, 300], gpus);
  const found = [...gpus.keys()].flatMap((name) => rows.map((row) => [row.lam, ...valuesOf(row[name] as object)]));
  expect(found).toEqual(expected.compare);
});

it.each(expected.pareto)("thresholds of $cdf, $lam/s, $short and $long", (wanted) => {
  const { rows } = pythonThresholdPareto(poolsOf(wanted), wanted.lam, wanted.gamma);
  expect(differences(rows, wanted.rows)).toEqual([]);
});

describe("disaggregated fleets", () => {
  const [lengths, ...fleets] = expected.disagg;
  const llama = (tp: number) =>
    pythonProfile(pythonHardware("h100"), pythonModel("llama-3.1-70b"), { tp, meanCtxTokens: 1024 });
  const cli = {
    prefill: h100,
    decode: a100,
    ...pythonDisaggLengths(azure),
    sloTtftMs: 500,
    sloTpotMs: 100,
    maxCtx: 8192,
  };
  const reversed = {
    prefill: a100,
    decode: h100,
    meanIsl: 3000,
    meanOsl: 40,
    sloTtftMs: 5000,
    sloTpotMs: 100,
    maxCtx: 4096,
  };
  const groups = { prefill: llama(4), decode: llama(8), meanIsl: 1024, meanOsl: 256, sloTtftMs: 2000, sloTpotMs: 100 };
  const cases: [string, PythonDisaggOptions, number][] = [
    ["of the command line", cli, 200],
    ["of the command line, 113/s", cli, 113],
    ["that prefill on A100", { ...reversed, maxPrefill: 16, maxDecode: 32 }, 3000],
    ["of groups of GPUs", { ...groups, maxCtx: 4096, maxPrefill: 8, maxDecode: 24 }, 100],
    // Prefill and decode cost the same, and one worker more or less of either is enough: equals tie for best and on the front.
    [
      "of one GPU, in equal parts",
      { ...cli, decode: h100, meanIsl: 4000, meanOsl: 2, maxPrefill: 9, maxDecode: 9 },
      1900,
    ],
  ];

  it("derive their lengths from the CDF", () => {
    const asPair = (name: string) => Object.values(pythonDisaggLengths(getBuiltinCdf(name)));
    expect({ lengths: asPair("azure"), agent_lengths: asPair("agent_heavy") }).toEqual(lengths);
  });

  it.each(cases.map((entry, index) => [...entry, fleets[index]!] as const))("%s", (_, options, rateRps, wanted) => {
    const { best, pareto } = pythonDisagg(options, rateRps)!;
    expect(differences({ densest: pythonDisaggOptimize(options), best, pareto }, wanted)).toEqual([]);
  });
});

it("grid flexibility", () => {
  const fleets = [
    { cdf: azure, rateRps: 200, gpus: 40, profile: h100, sloMs: 500, flexPcts: PYTHON_FLEX_PCTS },
    {
      cdf: getBuiltinCdf("lmsys"),
      rateRps: 90,
      gpus: 7,
      profile: a100,
      sloMs: 15,
      maxCtx: 16384,
      flexPcts: [0, 12.5, 33],
    },
    { cdf: getBuiltinCdf("lmsys"), rateRps: 30, gpus: 4, profile: a10g, sloMs: 100, maxCtx: 5000, flexPcts: [3, 60] },
  ];
  expect(differences(fleets.map(pythonGridFlex), expected.grid_flex)).toEqual([]);
});

it("tokens per watt", () => {
  const pools = [h100, a100, a10g].map((profile) => ({
    lengths: azure,
    rateRps: 100,
    profile,
    maxCtx: 8192,
    sloMs: 500,
  }));
  expect(differences(pythonTokensPerWatt(pools, [0.01, 0.2, 0.4, 0.6, 0.8, 0.99]), expected.watts)).toEqual([]);
});

it("tokens per watt of two pools", () => {
  const options = { cdf: azure, rateRps: 100, sloMs: 500, maxCtx: 8192, bShort: 5000, short: a10g, long: h100 };
  const { homo, routed } = pythonTwoPoolTokensPerWatt(options);
  expect(differences([homo.summary, routed.summary], expected.fleet_watts)).toEqual([]);
});

it("the split of a CDF", () => {
  const found = [40, 64, 5000, 8192, 65536, 70000].map((b) => {
    const { short, long, alpha } = pythonSplitCdf(azure, b);
    return [b, short, long, alpha];
  });
  expect(differences(found, expected.splits)).toEqual([]);
});

it("a fleet of no power has no tokens per watt", () => {
  const bare = pythonManualProfile(profileSchema.parse({ W: 0.008, H: 0.00065 }));
  const pool = { lengths: azure, rateRps: 10, profile: bare, maxCtx: 8192, sloMs: 500 };
  const { summary, pools } = pythonFleetTokensPerWatt([pool]);
  expect([summary.fleet_tpw, pools[0]!.tokens_per_watt, pools[0]!.power_model_qual]).toEqual([NaN, NaN, "NONE"]);
});
