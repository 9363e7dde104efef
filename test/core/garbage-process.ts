/** Runs the core on the tables that it is sent, in a process of its own, which can be stopped if a run does not end. */
import { type Ending, runOnTables, type Tables } from "./garbage.js";
import { type Build, loadBuild } from "./wasm-builds.js";

/** What the process answers: how the run ended, or how it trapped. */
export type Answer = { ending: Ending } | { trap: string };

const build = process.argv[2] as Build;
let core = await loadBuild(build);

async function answer(tables: Tables): Promise<Answer> {
  try {
    return { ending: runOnTables(core.exports, tables) };
  } catch (error) {
    core = await loadBuild(build);
    return { trap: String(error) };
  }
}

process.on("message", (tables: Tables) => {
  void answer(tables).then((given) => process.send!(given));
});
process.send!("ready");
