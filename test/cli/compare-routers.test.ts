import { describe, expect, test } from "vitest";
import { compareRoutersCommand } from "../../host/cli/compare-routers.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";

const fleet = ["--n-s", "20", "--n-l", "45", "--n-req", "2000", "--workload", "azure"];
const compare = (...args: string[]) => runCommand(compareRoutersCommand(), [...fleet, ...args]);

describe("compare-routers", () => {
  test("prints a list of rows as JSON", async () => {
    const { exitCode, stdout } = await compare("--json");
    expect(exitCode).toBe(0);
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    expect(rows.map(({ router }) => router)).toEqual(["length", "compress_route", "random"]);
    expect(rows[0]).toMatchObject({ verdict: "stable", requests: { rejected: 0 }, seed: 42 });
  });

  test("compares the routers that are named, in their order", async () => {
    const { stdout } = await compare("--routers", "spillover,round_robin", "--json");
    expect((JSON.parse(stdout) as { router: string }[]).map(({ router }) => router)).toEqual([
      "spillover",
      "round_robin",
    ]);
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await compare("--lam", "5000");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(stdout).toContain("the same ones for every router");
    expect(stdout).toContain("overloaded");
  });

  test.each([
    [["--routers", "lenght"], "Allowed is one of length, compress_route"],
    [["--routers", ""], "Allowed is one of length, compress_route"],
    [["--gpu-long", "h200"], '--gpu-long is "h200"'],
    [["--n-req", "0"], "--n-req <n>' argument '0'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await compare(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
