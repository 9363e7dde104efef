import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { capacityCommand } from "../../host/cli/capacity.js";
import { compareRoutersCommand } from "../../host/cli/compare-routers.js";
import { disaggCommand } from "../../host/cli/disagg.js";
import { gridFlexCommand } from "../../host/cli/grid-flex.js";
import { optimizeCommand } from "../../host/cli/optimize.js";
import { paretoCommand } from "../../host/cli/pareto.js";
import { planCommand } from "../../host/cli/plan.js";
import { simulateCommand } from "../../host/cli/simulate.js";
import { simulateFleetCommand } from "../../host/cli/simulate-fleet.js";
import { tokPerWattCommand } from "../../host/cli/tok-per-watt.js";
import { whatifCommand } from "../../host/cli/whatif.js";
import { carried } from "../reports/html/small-page.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const AZURE = ["--workload", "azure"];
const FEW = [...AZURE, "--n-sim-req", "2000"];

const COMMANDS: [string, () => Command, string[]][] = [
  ["plan", planCommand, [...FEW, "--rate", "50"]],
  ["optimize", optimizeCommand, [...FEW, "--lam", "50", "--gamma-max", "1"]],
  ["whatif", whatifCommand, [...FEW, "--lam-range", "20,50", "--gamma-max", "1"]],
  ["whatif --gpu-compare", whatifCommand, [...FEW, "--lam-range", "20", "--gpu-compare", "a100,h100"]],
  ["pareto", paretoCommand, [...FEW, "--lam", "50", "--b-short", "4096"]],
  ["tok-per-watt", tokPerWattCommand, [...FEW, "--lam", "20", "--gpus", "h100"]],
  [
    "tok-per-watt --b-short",
    tokPerWattCommand,
    [...FEW, "--lam", "20", "--b-short", "4096", "--gpu-short", "a100", "--gpu-long", "h100"],
  ],
  ["grid-flex", gridFlexCommand, [...AZURE, "--lam", "20", "--n-gpus", "8", "--n-req", "2000", "--flex-pcts", "0,20"]],
  ["disagg", disaggCommand, [...AZURE, "--lam", "20", "--no-aggregated"]],
  ["compare-routers", compareRoutersCommand, [...AZURE, "--lam", "20", "--n-s", "4", "--n-l", "4", "--n-req", "2000"]],
  [
    "capacity",
    capacityCommand,
    ["azure-conv", "--fleet", "examples/iterations.yaml", "--n", "1000", "--tolerance", "0.1"],
  ],
  [
    "capacity --sweep",
    capacityCommand,
    [
      "azure-conv",
      ...["--fleet", "examples/iterations.yaml", "--n", "500", "--tolerance", "0.1"],
      ...["--sweep", "max_num_seqs=16,64"],
    ],
  ],
  ["simulate", simulateCommand, [...AZURE, "--lam", "20", "--n-s", "4", "--n-l", "4", "--n-req", "2000"]],
  ["simulate-fleet", simulateFleetCommand, ["examples/models.json", "--lam", "20", "--n-req", "2000"]],
];

describe.each(COMMANDS)("%s --html", (_, command, args) => {
  test("writes a page that carries the result of --out", async () => {
    const folder = await temporaryFolder();
    const [html, out] = [join(folder, "r.html"), join(folder, "r.json")];
    const { exitCode, stdout } = await runCommand(command(), [...args, "--html", html, "--out", out]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toBe("");
    const page = await readFile(html, "utf8");
    expect(`${JSON.stringify(carried(page, "result"), null, 2)}\n`).toBe(await readFile(out, "utf8"));
  });

  test("is refused before the run where the file is that of --out", async () => {
    const file = join(await temporaryFolder(), "r");
    const { exitCode, stderr } = await runCommand(command(), [...args, "--html", file, "--out", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--out and --html name the same file");
  });
});

describe("--html beside --compat python", () => {
  test.each([
    ["optimize", optimizeCommand],
    ["whatif", whatifCommand],
    ["pareto", paretoCommand],
    ["tok-per-watt", tokPerWattCommand],
    ["disagg", disaggCommand],
  ])("is refused by %s", async (_, command) => {
    const html = join(await temporaryFolder(), "r.html");
    const { exitCode, stderr } = await runCommand(command(), [...AZURE, "--compat", "python", "--html", html]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--html has no meaning under --compat python");
  });
});
