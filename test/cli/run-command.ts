import { type Command, CommanderError } from "commander";
import { vi } from "vitest";
import { InputError } from "../../host/specs/input-error.js";

/** What a command left behind. */
export interface CommandRun {
  /** 0 answered, 2 bad input. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in this process, as the program does. Other errors than those of a user are thrown. */
export async function runCommand(command: Command, args: readonly string[]): Promise<CommandRun> {
  const written = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text: string | Uint8Array) => {
      written[name] += typeof text === "string" ? text : decoder.decode(text, { stream: true });
      return true;
    }),
  );
  try {
    await command.exitOverride().parseAsync(args, { from: "user" });
    return { exitCode: 0, ...written };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, ...written };
    if (error instanceof InputError) return { exitCode: 2, ...written, stderr: `${written.stderr}${error.message}\n` };
    throw error;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
