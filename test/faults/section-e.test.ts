import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { argumentsWith, COMMANDS, flagsOf, PLANNING_COMMANDS } from "./commands.js";

afterEach(() => {
  process.exitCode = 0;
});

/** A mistake in the value of a flag; made in every command that has the flag. */
const VALUES: readonly (readonly [flag: string, value: string])[] = [
  ["--lam", "0"],
  ["--lam", "-5"],
  ["--lam", "nan"],
  ["--lam", "inf"],
  ["--lam", "1e400"],
  ["--slo", "-1"],
  ["--slo", "0"],
  ["--slo", "nan"],
  ["--b-short", "0"],
  ["--b-short", "-1"],
  ["--b-short", "1000000"],
  ["--gamma-max", "0.5"],
  ["--gamma-max", "nan"],
  ["--long-max-ctx", "0"],
  ["--max-ctx", "0"],
  ["--n-sim-req", "-4"],
  ["--n-req", "0"],
  ["--n-s", "0"],
  ["--n-s", "-1"],
  ["--n-gpus", "0"],
  ["--rho", "nan"],
  ["--mean-isl", "-3"],
  ["--seed", "-1"],
  ["--lam-range", "-5"],
];

const values = Object.entries(COMMANDS).flatMap(([name, command]) =>
  VALUES.filter(([flag]) => flagsOf(command()).includes(flag)).map(([flag, value]) => [name, flag, value] as const),
);

/** One sentence that has the value in it. */
function expectRefusal({ exitCode, stdout, stderr }: Awaited<ReturnType<typeof runCommand>>, told: RegExp): void {
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(told);
}

describe("E3: parameters that cannot be are refused", () => {
  test.each(values)("%s %s %s", async (name, flag, value) => {
    const run = await runCommand(COMMANDS[name]!(), argumentsWith(name, flag, value));
    expectRefusal(run, new RegExp(value === "1e400" ? "1e400|Infinity" : value.replace(/^inf$/, "inf|Infinity"), "i"));
  });
});

/** What the Python tool answers from with exit code 0. */
const CDFS = {
  empty: "[]",
  unsorted: "[[4096, 0.5], [1024, 1.0]]",
  "not rising": "[[1024, 0.9], [4096, 0.5], [8192, 1.0]]",
  "above 1": "[[1024, 0.5], [4096, 1.5]]",
  "below 1 at the end": "[[1024, 0.5], [4096, 0.9]]",
  "not a number": "[[1024, NaN], [4096, 1.0]]",
  "of no tokens": "[[0, 0.5], [4096, 1.0]]",
  "of negative tokens": "[[-5, 0.5], [4096, 1.0]]",
  "of a million million tokens": "[[1024, 0.5], [1000000000000, 1.0]]",
};

describe("E2: a CDF that is none is refused", () => {
  describe.each(Object.keys(PLANNING_COMMANDS))("%s", (name) => {
    test.each(Object.entries(CDFS))("%s", async (_fault, text) => {
      const folder = await temporaryFolder({ "cdf.json": text });
      const args = argumentsWith(name, "--cdf", join(folder, "cdf.json"));
      expectRefusal(await runCommand(PLANNING_COMMANDS[name]!(), args), /cdf\.json/);
    });
  });
});

/** Names that the Python tool takes for something else. */
const NAMES: readonly (readonly [flag: string, value: string])[] = [
  ["--gpu", "h2000"],
  ["--gpu", "h200"],
  ["--gpu-short", "h2000"],
  ["--gpu-long", "h2000"],
  ["--gpu-compare", "h2000"],
  ["--gpu-prefill", "h2000"],
  ["--gpu-decode", "h2000"],
  ["--gpus", "h2000"],
  ["--routers", "lenght"],
  ["--workload", "azur"],
  ["--hardware", "h2000"],
];

const names = Object.entries(PLANNING_COMMANDS).flatMap(([name, command]) =>
  NAMES.filter(([flag]) => flagsOf(command()).includes(flag)).map(([flag, value]) => [name, flag, value] as const),
);

describe("E4: a name that is not known is refused", () => {
  test.each(names)("%s %s %s", async (name, flag, value) => {
    const run = await runCommand(PLANNING_COMMANDS[name]!(), argumentsWith(name, flag, value));
    expectRefusal(run, new RegExp(`"?${value}"?`));
  });
});

const AZURE_CSV = `TIMESTAMP,ContextTokens,GeneratedTokens\n${Array.from(
  { length: 1500 },
  (_, i) =>
    `2023-11-16 18:${String(Math.floor(i / 50)).padStart(2, "0")}:${String(i % 50).padStart(2, "0")}.0000000,${i % 7 === 0 ? 3000 : 300},44`,
).join("\n")}\n`;

describe("E1: a trace of Azure with date stamps is planned for", () => {
  test("by its own rate and lengths", async () => {
    const folder = await temporaryFolder({ "azure.csv": AZURE_CSV });
    const args = ["--trace", join(folder, "azure.csv"), "--slo", "2000", "--json"];
    const { stdout, exitCode } = await runCommand(PLANNING_COMMANDS["plan"]!(), args);
    expect(exitCode).toBe(0);
    const { requests, rate_rps, too_long_share } = JSON.parse(stdout) as Record<string, unknown>;
    expect(requests).toMatchObject({ rows: 1500, used: 1500 });
    expect(rate_rps).toBeCloseTo(1499 / (29 * 60 + 49), 6);
    expect(too_long_share).toBe(0);
  });
});
