import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { planCommand } from "../host/cli/plan.js";
import { replayCommand } from "../host/cli/replay.js";
import { replayTrace } from "../host/index.js";
import { parseFleet } from "../host/specs/fleet-spec.js";
import { requireEngine, resolveFleet } from "../host/specs/fleet.js";
import { runCommand } from "./cli/run-command.js";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const packageJson = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
  scripts: Record<string, string>;
};

/** The code blocks of a language. */
function blocks(language: string, page = readme): string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) =>
    found === language ? [text!] : [],
  );
}

it("opens with the two lines that set everything up", () => {
  expect(
    readme
      .split("\n")
      .slice(0, 2)
      .map((line) => line.trim().split(/ {2,}/)[0]),
  ).toEqual(["npm start", "npm test"]);
});

it("shows what its first command prints, which is the command of npm start", async () => {
  const [command, ...page] = blocks("")[0]!.trimEnd().split("\n");
  const args = command!.replace("$ npx vllm-sr-sim replay ", "").split(" ");
  expect(packageJson.scripts["start"]).toMatch(new RegExp(`replay ${args.join(" ")}$`));
  const { stdout } = await runCommand(replayCommand(), args);
  expect(stripVTControlCharacters(stdout).trimEnd().split("\n")).toEqual(page);
});

it("shows what its second command prints", async () => {
  const [command, ...page] = blocks("")[1]!.trimEnd().split("\n");
  const { stdout } = await runCommand(planCommand(), command!.replace("$ npx vllm-sr-sim plan ", "").split(" "));
  expect(stripVTControlCharacters(stdout).trimEnd().split("\n")).toEqual(page);
});

it("has a fleet file that is one", () => {
  const fleet = resolveFleet(parseFleet(blocks("yaml")[0]!, "README.yaml"));
  expect(fleet.pools.map(({ id, replicas, gpus }) => ({ id, replicas, gpus }))).toEqual([
    { id: "short", replicas: 4, gpus: 4 },
    { id: "long", replicas: 1, gpus: 8 },
  ]);
});

it("has a pool that batches with prefix caches", () => {
  const [pool] = resolveFleet(parseFleet(blocks("yaml")[1]!, "README.yaml")).pools;
  expect(pool).toMatchObject({ balance: "prefix_affinity", gpus: 16, serving: { enablePrefixCaching: true } });
});

it("has models in its reference that are ones", async () => {
  const page = await readFile(new URL("../docs/reference/iteration-models.md", import.meta.url), "utf8");
  const models = blocks("yaml", page);
  expect(models).toHaveLength(3);
  for (const model of models) {
    const pool = ["id: a", "n_replicas: 1", "max_ctx: 4096", ...model.trimEnd().split("\n")];
    const text = ["pools:", ...pool.map((line, i) => (i === 0 ? `  - ${line}` : `    ${line}`))].join("\n");
    const fleet = resolveFleet(parseFleet(text, "page.yaml"));
    expect(() => requireEngine(fleet, "iterations")).not.toThrow();
  }
});

it("has an example of the library that runs", async () => {
  const code = blocks("js")[0]!.replace(/^import .*$/m, "");
  const printed: unknown[][] = [];
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is the README's, which is what is tested
  const run = new Function("replayTrace", "console", `return (async () => {${code}})()`) as (
    library: typeof replayTrace,
    output: { log: (...words: unknown[]) => void },
  ) => Promise<void>;
  await run(replayTrace, { log: (...words) => void printed.push(words) });
  expect(printed).toEqual([[expect.any(Number), [expect.any(Number), expect.any(Number)], "stable"]]);
});
