import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareRoutersCommand } from "../../host/cli/compare-routers.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

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

  test("compares on a trace through any fleet, its labels included", async () => {
    const rows = Array.from({ length: 600 }, (_, i) => `${i / 20},${10 + i},10,${i % 2 === 0 ? "chat" : "code"}`);
    const folder = await temporaryFolder({
      "t.csv": `arrival_s,input_tokens,output_tokens,label\n${rows.join("\n")}\n`,
      "fleet.json": JSON.stringify({
        slo_ms: 700,
        router: "spillover",
        pools: ["chat", "code"].map((id) => ({ id, gpu: "a100", n_gpus: 1, max_ctx: 8192 })),
      }),
    });
    const args = ["--trace", join(folder, "t.csv"), "--fleet", join(folder, "fleet.json")];
    const run = (...more: string[]) => runCommand(compareRoutersCommand(), [...args, ...more]);
    const routers = async (...more: string[]) => {
      const { stdout } = await run(...more, "--json");
      return (JSON.parse(stdout) as { router: string; slo_ms: number }[]).map(({ router, slo_ms }) => [router, slo_ms]);
    };
    expect(await routers()).toEqual(["spillover", "length", "compress_route", "random"].map((name) => [name, 700]));
    expect(await routers("--routers", "all")).toContainEqual(["model", 700]);
    const { stdout } = await run("--routers", "random,model", "--baseline", "model");
    expect(stdout).toContain("Against model:");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("600 of");
  });

  test("says how sure differences are, and of what", async () => {
    const batches = await compare();
    expect(batches.stdout).toContain("Against length:");
    expect(batches.stdout.replaceAll(/\s+/g, " ")).toContain("10 batches of consecutive requests of one run");
    const { stdout } = await compare("--replications", "3");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("Student's t over 3 independent runs");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("each interval holds by itself");
  });

  test.each([
    [["--workload", "azure"], "no fleet: give --n-s, the GPUs of a pool, or --fleet FILE"],
    [["--workload", "azure", "--n-s", "2"], "no fleet: give --n-l"],
    [["--workload", "azure", "--fleet", "x.json", "--b-short", "2"], "--b-short describes a fleet of two pools"],
    [["--workload", "azure", "--fleet", "/no/such.json"], "/no/such.json"],
  ])("refuses the fleet of %j", async (args, message) => {
    const { exitCode, stderr } = await runCommand(compareRoutersCommand(), args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    [
      ["--routers", "model"],
      "the router model cannot be compared here: it goes by labels, and the requests of azure have none",
    ],
    [["--routers", "length,semantic"], "the router semantic cannot be compared here: it needs a function"],
    [["--routers", "length,random,length"], "the router length is named twice"],
    [["--baseline", "spillover"], "the baseline is spillover, but must be one of the compared routers, length,"],
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
