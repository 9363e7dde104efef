import { afterEach, describe, expect, test } from "vitest";
import { queueCommand } from "../../host/cli/queue.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";

const run = (...args: string[]) => runCommand(queueCommand(), args);
const M_M_16 = ["--servers", "16", "--rate", "12.8", "--service", "1"];

afterEach(() => {
  process.exitCode = undefined;
});

describe("queue", () => {
  test("prints the figures as JSON", async () => {
    const { exitCode, stdout } = await run(...M_M_16, "--json");
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout) as Record<string, number>;
    expect(result["rho"]).toBe(0.8);
    expect(result["p_wait"]).toBeCloseTo(0.3049, 4);
    expect(result["mean_wait_s"]).toBeCloseTo(0.0953, 4);
    expect(result["p99_wait_s"]).toBeCloseTo(1.0679, 4);
    expect(result["p99_wait_exact"]).toBe(result["p99_wait_s"]);
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await run(...M_M_16, "--cv2", "4", "--slo-wait", "0.25", "--percentile", "0.999");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(stdout).toContain("M/G/16");
    expect(stdout).toContain("P99.9 of the wait within 250 ms: from");
  });

  test("shows the queue that is played beside the formula", async () => {
    const { stdout } = await run(...M_M_16, "--cv2", "0", "--simulate", "--requests", "20000", "--replications", "3");
    expect(stdout).toMatch(/exact +approximation +simulated +95 % interval/);
    expect(stdout).toMatch(/wait P99 .*\.\./);
    expect(stdout).toContain("3 runs of 20,000 requests");
  });

  test("says that a queue is unstable, with exit code 1 and only finite numbers", async () => {
    const page = await run("--servers", "4", "--rate", "5", "--service", "1");
    expect(page.stdout).toContain("the load is 125 %: the backlog grows for ever");
    expect(process.exitCode).toBe(1);
    const { stdout } = await run("--servers", "4", "--rate", "5", "--service", "1", "--json");
    expect(stdout).not.toMatch(/NaN|Infinity/);
    expect(JSON.parse(stdout)).toMatchObject({ status: "unstable", mean_wait_s: null, p99_wait_exact: null });
  });

  test("shows powers of ten where next to nobody waits", async () => {
    const { stdout } = await run("--servers", "64", "--rate", "1", "--service", "1");
    expect(stdout).toMatch(/share that waits +\d\.\de-\d+/);
  });

  test.each([
    [["--servers", "0", "--rate", "1", "--service", "1"], "--servers"],
    [["--servers", "1.5", "--rate", "1", "--service", "1"], "Allowed is a whole number from 1"],
    [["--servers", "4", "--rate", "nan", "--service", "1"], "--rate"],
    [["--servers", "4", "--rate", "-1", "--service", "1"], "Allowed is a finite number above 0"],
    [["--servers", "4", "--rate", "1", "--service", "0"], "--service"],
    [["--servers", "4", "--rate", "1", "--service", "1", "--cv2", "-0.5"], "--cv2"],
    [["--servers", "4", "--rate", "1", "--service", "1", "--percentile", "1"], "--percentile"],
    [["--servers", "4", "--rate", "1", "--service", "1", "--slo-wait", "-1"], "--slo-wait"],
    [["--servers", "4", "--rate", "1", "--service", "1", "--requests", "5000"], "goes with --simulate"],
    [["--servers", "4", "--rate", "1e300", "--service", "1e300"], "of at most 1000000000 servers"],
    [["--rate", "1", "--service", "1"], "--servers"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await run(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
