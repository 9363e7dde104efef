import { afterEach, describe, expect, test } from "vitest";
import { profilesCommand } from "../../host/cli/profiles.js";
import { listProfiles } from "../../host/planners/profile-list.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";

afterEach(() => {
  process.exitCode = undefined;
});

async function run(...args: string[]) {
  const result = await runCommand(profilesCommand(), args);
  return { ...result, exitCode: result.exitCode || Number(process.exitCode ?? 0) };
}

describe("profiles", () => {
  test("lists those given by hand", async () => {
    const { stdout, exitCode } = await run();
    expect(exitCode).toBe(0);
    for (const gpu of ["a100", "h100", "a10g"]) expect(stdout).toContain(gpu);
    expect(stdout).not.toContain("computed");
  });

  test("answers as the library does", async () => {
    const { stdout } = await run(
      "--hardware",
      "h100",
      "--model",
      "qwen3-32b",
      "--dtype",
      "fp8",
      "--max-ctx",
      "4096",
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual(
      listProfiles({ hardware: "h100", model: "qwen3-32b", dtype: "fp8", maxCtx: 4096 }),
    );
  });

  test.each([
    ["--model", "llama-3.1-70b"],
    ["--hardware", "h100"],
  ])("fits in 100 columns with %s %s", async (...args) => {
    const { stdout } = await run(...args);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
  });

  test("has no answer where nothing fits", async () => {
    const { exitCode, stdout } = await run("--hardware", "l4", "--model", "llama-3.1-405b", "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ computed: [] });
  });

  test.each([
    [["--dtype", "fp8"], "--dtype belongs to computed profiles"],
    [["--hardware", "h1000"], '--hardware is "h1000"'],
    [["--model", "llama-3.1-80b"], '--model is "llama-3.1-80b"'],
    [["--model", "llama-3.1-8b", "--dtype", "fp7"], '--dtype is "fp7"'],
    [["--max-ctx", "0"], "Allowed is a whole number"],
  ])("refuses %j", async (args, words) => {
    const { exitCode, stderr } = await run(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });
});
