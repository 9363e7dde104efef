import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The built program: `npm test` builds it first. */
const PROGRAM = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));

/** What the program left behind. */
export interface ProgramRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the built program as a process of its own; `ended` tells what it left. */
export function startProgram(
  args: readonly string[],
  input?: string | Uint8Array,
): { child: ChildProcess; ended: Promise<ProgramRun> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  // A program that has seen enough closes its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(([exitCode, stdout, stderr]) => ({
    exitCode,
    stdout,
    stderr,
  }));
  return { child, ended };
}

/** Runs the built program to its end. */
export function runProgram(args: readonly string[], input?: string | Uint8Array): Promise<ProgramRun> {
  return startProgram(args, input).ended;
}
