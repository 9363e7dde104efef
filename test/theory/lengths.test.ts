/** The laws of drawn lengths and categories. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { LengthModel } from "../../host/workloads/models.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectFrequencies } from "./agreement.js";
import { type Drawn, drawRequests } from "./draws.js";
import { type Cell, cells, windowsOfCells } from "./length-models.js";

const COUNT = 200_000;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

function draw(lengths: LengthModel, categoryProbabilities?: readonly number[]): Drawn {
  const given = { process: { type: "poisson" } as const, rateRps: 100, lengths };
  return drawRequests(core, { ...given, ...(categoryProbabilities ? { categoryProbabilities } : {}) }, COUNT, 7);
}

const within = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;

function cellOf(of: readonly Cell[], input: number, output: number): number {
  return of.findIndex((cell) => within(input, cell.input) && within(output, cell.output));
}

const JOINT: readonly Cell[] = [
  { share: 0.5, input: [1, 100], output: [1, 10] },
  { share: 0.05, input: [1, 100], output: [500, 999] },
  { share: 0.449, input: [5000, 5999], output: [11, 20] },
  { share: 0.001, input: [7, 7], output: [30, 30] },
];

describe("a joint distribution of lengths", () => {
  it("hits every cell as often as it says, and nothing else", () => {
    const { inputTokens, outputTokens } = draw(cells(JOINT));
    const counts = JOINT.map(() => 0);
    for (let i = 0; i < COUNT; i++) counts[cellOf(JOINT, inputTokens[i]!, outputTokens[i]!)]!++;
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(COUNT);
    expectFrequencies(
      counts,
      JOINT.map(({ share }) => share),
    );
  });

  it("makes every pair within a cell equally likely, its bounds included", () => {
    const { inputTokens, outputTokens } = draw(cells([{ share: 1, input: [11, 15], output: [3, 6] }]));
    const counts = new Array<number>(20).fill(0);
    for (let i = 0; i < COUNT; i++) counts[(inputTokens[i]! - 11) * 4 + outputTokens[i]! - 3]!++;
    expectFrequencies(
      counts,
      counts.map(() => 1 / 20),
    );
  });

  it("says nothing of the gap before the request", () => {
    const { arrivalS, inputTokens } = draw(cells([{ share: 1, input: [1, 2], output: [1, 1] }]));
    // Long or short gap against long or short input.
    const counts = [0, 0, 0, 0];
    for (let i = 1; i < COUNT; i++) {
      const isLong = arrivalS[i]! - arrivalS[i - 1]! > Math.LN2 / 100;
      counts[Number(isLong) * 2 + inputTokens[i]! - 1]!++;
    }
    expectFrequencies(counts, [0.25, 0.25, 0.25, 0.25]);
  });

  it("through time: each window draws from its own cells, and they repeat", () => {
    const windows: Cell[][] = [
      [{ share: 1, input: [1, 9], output: [1, 1] }],
      [
        { share: 0.3, input: [10, 19], output: [2, 2] },
        { share: 0.7, input: [20, 29], output: [2, 2] },
      ],
      [{ share: 1, input: [30, 30], output: [3, 3] }],
    ];
    const { arrivalS, inputTokens, outputTokens } = draw(windowsOfCells(12.5, windows));
    const ofSecond = [0, 0];
    let strays = 0;
    for (let i = 0; i < COUNT; i++) {
      const window = Math.floor(arrivalS[i]! / 12.5) % 3;
      const cell = cellOf(windows[window]!, inputTokens[i]!, outputTokens[i]!);
      if (cell < 0) strays++;
      else if (window === 1) ofSecond[cell]!++;
    }
    expect(strays).toBe(0);
    expect(arrivalS[COUNT - 1]).toBeGreaterThan(12.5 * 100);
    expectFrequencies(ofSecond, [0.3, 0.7]);
  });
});

describe("a distribution of total lengths", () => {
  const total = (low: number, high: number, inputShare: number): LengthModel => {
    return { ...cells([{ share: 1, input: [low, high], output: [1, 1] }]), inputShare };
  };

  it("is split into the whole tokens of the input share and the rest", () => {
    const { inputTokens, outputTokens } = draw(total(2, 401, 0.8));
    const counts = new Array<number>(400).fill(0);
    let splitOtherwise = 0;
    for (let i = 0; i < COUNT; i++) {
      const sum = inputTokens[i]! + outputTokens[i]!;
      if (inputTokens[i] !== Math.max(1, Math.trunc(sum * 0.8))) splitOtherwise++;
      counts[sum - 2]!++;
    }
    expect(splitOtherwise).toBe(0);
    expectFrequencies(
      counts,
      counts.map(() => 1 / 400),
    );
  });

  it("leaves at least one token on each side", () => {
    const one = draw(total(1, 1, 0.8));
    expect([one.inputTokens[0], one.outputTokens[0]]).toEqual([1, 1]);
    const allInput = draw(total(1000, 1000, 1));
    expect([allInput.inputTokens[0], allInput.outputTokens[0]]).toEqual([1000, 1]);
    const allOutput = draw(total(1000, 1000, 1e-9));
    expect([allOutput.inputTokens[0], allOutput.outputTokens[0]]).toEqual([1, 999]);
  });
});

describe("categories", () => {
  it("come as often as they should, whatever the lengths", () => {
    const probabilities = [0.6, 0, 0.25, 0.15];
    const { category, inputTokens } = draw(cells([{ share: 1, input: [1, 2], output: [1, 1] }]), probabilities);
    const counts = new Array<number>(8).fill(0);
    category.forEach((code, i) => counts[code * 2 + inputTokens[i]! - 1]!++);
    expect([counts[2], counts[3]]).toEqual([0, 0]);
    const [a, b, , , c, d, e, f] = counts as [number, number, number, number, number, number, number, number];
    expectFrequencies([a, b, c, d, e, f], [0.3, 0.3, 0.125, 0.125, 0.075, 0.075]);
  });

  it("are 0 where there are none", () => {
    expect(new Set(draw(cells(JOINT)).category)).toEqual(new Set([0]));
  });
});
