import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Tables } from "./garbage.js";
import type { Answer } from "./garbage-process.js";
import type { Build } from "./wasm-builds.js";

/** What a run on any tables may take, ms; most take one. */
const LIMIT_MS = 5000;

/** The core in a process that is stopped when a run does not end. */
export class WatchedCore {
  private process: ChildProcess | undefined;

  constructor(private readonly build: Build) {}

  /** How a run on these tables ended, or `"hangs"`. */
  async run(tables: Tables): Promise<Answer | "hangs"> {
    this.process ??= await this.begin();
    const answer = once(this.process, "message", { signal: AbortSignal.timeout(LIMIT_MS) }) as Promise<[Answer]>;
    this.process.send(tables);
    try {
      return (await answer)[0];
    } catch {
      this.stop();
      return "hangs";
    }
  }

  stop(): void {
    this.process?.kill("SIGKILL");
    this.process = undefined;
  }

  private async begin(): Promise<ChildProcess> {
    const program = fileURLToPath(new URL("./garbage-process.ts", import.meta.url));
    // Numbers that JSON does not know go through.
    const started = fork(program, [this.build], { execArgv: ["--import", "tsx"], serialization: "advanced" });
    await once(started, "message");
    return started;
  }
}
