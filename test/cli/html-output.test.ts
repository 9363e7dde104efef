import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { replayCommand } from "../../host/cli/replay.js";
import { carried } from "../reports/html/small-page.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const DRAWN = ["azure-conv", "--fleet", "examples/fleet.json", "--rate", "20", "--n", "2000"];
const replay = (...args: string[]) => runCommand(replayCommand(), [...DRAWN, ...args]);

describe("--html", () => {
  test("writes a page that carries the result of --out, beside the report", async () => {
    const folder = await temporaryFolder();
    const [html, out] = [join(folder, "r.html"), join(folder, "r.json")];
    const { exitCode, stdout } = await replay("--html", html, "--out", out);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("objective");
    const result = carried(await readFile(html, "utf8"), "result");
    expect(`${JSON.stringify(result, null, 2)}\n`).toBe(await readFile(out, "utf8"));
    expect((await readdir(folder)).sort()).toEqual(["r.html", "r.json"]);
  });

  test("goes with --json", async () => {
    const html = join(await temporaryFolder(), "r.html");
    const { stdout } = await replay("--html", html, "--json");
    expect(carried(await readFile(html, "utf8"), "result")).toEqual(JSON.parse(stdout));
  });

  test("writes the same bytes for the same run", async () => {
    const folder = await temporaryFolder();
    const files = ["a", "b"].map((name) => join(folder, name));
    for (const file of files) await replay("--html", file);
    const [first, second] = await Promise.all(files.map((file) => readFile(file, "utf8")));
    expect(first).toBe(second);
  });

  test.each([["--out"], ["--per-request"]])("names another file than %s", async (flag) => {
    const folder = await temporaryFolder();
    const { exitCode, stderr } = await replay("--html", `${folder}/./r`, flag, join(folder, "r"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${flag} and --html name the same file`);
    expect(await readdir(folder)).toEqual([]);
  });

  test("overwrites nothing that the command reads", async () => {
    const fleet = await readFile("examples/fleet.json", "utf8");
    const folder = await temporaryFolder({ "fleet.json": fleet });
    const file = join(folder, "fleet.json");
    const { exitCode, stderr } = await replay("--fleet", file, "--html", file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("would overwrite what the command reads");
    expect(await readFile(file, "utf8")).toBe(fleet);
  });

  test("says before the run that there can be no such file", async () => {
    const { exitCode, stderr, stdout } = await replay("--html", "/no/such/folder/r.html");
    expect(exitCode).toBe(2);
    expect(stderr).toBe("cannot write /no/such/folder/r.html: its folder does not exist.\n");
    expect(stdout).toBe("");
  });
});
