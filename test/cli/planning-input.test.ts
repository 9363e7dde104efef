import { Command } from "commander";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  addPlanningInput,
  openPlanningInput,
  planningInput,
  type PlanningFlags,
} from "../../host/cli/planning-input.js";
import type { PlanningInput, PlanningRequests } from "../../host/planners/planning-requests.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

async function inputOf(...args: string[]): Promise<PlanningInput> {
  let input: PlanningInput | undefined;
  const command = addPlanningInput(new Command("plan")).action((flags: PlanningFlags) => {
    input = planningInput(flags);
  });
  const { exitCode, stderr } = await runCommand(command, args);
  if (exitCode !== 0) throw new Error(stderr);
  return input!;
}

describe("the flags of what is planned for", () => {
  test.each<[string[], PlanningInput]>([
    [["--workload", "azure"], { workload: "azure" }],
    [["--workload", "azure", "--lam", "3"], { workload: "azure", rateRps: 3 }],
    [["--workload", "azure", "--rate", "3"], { workload: "azure", rateRps: 3 }],
    [["--workload", "azure", "--rate", "3", "--lam", "3"], { workload: "azure", rateRps: 3 }],
    [["--workload", "azure", "--cv", "3"], { workload: "azure", arrivals: { type: "gamma", cv: 3 } }],
    [["--cdf", "a.json", "--input-share", "0.6"], { cdf: "a.json", inputShare: 0.6 }],
    [
      ["--trace", "t.csv", "--from", "1", "--to", "9", "--repeat", "2", "--limit", "5", "--format", "vidur"],
      { trace: "t.csv", fromS: 1, toS: 9, repeat: 2, limit: 5, format: "vidur" },
    ],
    [
      ["--trace", "t.csv", "--columns", "arrival=t,input=i,output=o", "--max-unusable", "0.2"],
      { trace: "t.csv", columns: { arrival: "t", input: "i", output: "o" }, maxUnusableShare: 0.2 },
    ],
  ])("%j", async (args, input) => {
    expect(await inputOf(...args)).toEqual(input);
  });

  test.each([
    [[], "no workload: give --cdf FILE, --trace FILE, or --workload and one of azure-conv"],
    [["--workload", "azure", "--trace", "t.csv"], "--workload and --trace are both given"],
    [["--cdf", "a.json", "--trace", "t.csv"], "--cdf and --trace are both given"],
    [["--workload", "azure", "--lam", "3", "--rate", "4"], "--lam 3 and --rate 4 are the same rate"],
    [["--workload", "azure", "--limit", "4"], "--limit belongs to --trace, which is not given"],
    [["--cdf", "a.json", "--format", "vidur"], "--format belongs to --trace, which is not given"],
    [["--trace", "t.csv", "--input-share", "0.5"], "--input-share belongs to --cdf"],
    [["--trace", "t.csv", "--scale", "2"], "unknown option '--scale'"],
    [["--trace", "t.csv", "--arrivals", "gamma"], "--arrivals gamma needs --cv"],
    [["--trace", "t.csv", "--lam", "0"], "--lam <rate>' argument '0'"],
  ])("%j is refused", async (args, message) => {
    await expect(inputOf(...args)).rejects.toThrow(message);
  });

  test("open what they name", async () => {
    const folder = await temporaryFolder({
      "t.csv": "arrival_s,input_tokens,output_tokens\n0,10,5\n2,20,6\n4,30,7\n",
    });
    const opened: PlanningRequests = await openPlanningInput({ trace: join(folder, "t.csv"), lam: 4 });
    expect(opened).toMatchObject({ count: 3, rateRps: 4, isDrawn: false });
  });
});
