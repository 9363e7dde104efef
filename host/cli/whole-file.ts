import { rmSync } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../specs/input-error.js";

/**
 * A file that is there whole or not at all: written under a temporary name beside its place and renamed at the end. Whatever
 * ends the program before that, short of a kill that cannot be caught, removes it.
 *
 * A device or a pipe has no place to rename to: it is written as it is.
 */
export class WholeFile {
  private readonly onExit = () => this.temporary !== undefined && rmSync(this.temporary, { force: true });

  private constructor(
    private readonly path: string,
    private readonly target: string,
    private readonly file: FileHandle,
    private readonly temporary: string | undefined,
  ) {
    process.on("exit", this.onExit);
  }

  /** @throws InputError if there can be no such file. */
  static async create(path: string): Promise<WholeFile> {
    return naming(path, async () => {
      const { target, isStream } = await placeOf(path);
      const temporary = isStream ? undefined : join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
      return new WholeFile(path, target, await open(temporary ?? target, "w"), temporary);
    });
  }

  /**
   * Asks whether a file can be written there, and leaves no trace of the question.
   *
   * @throws InputError if there can be no such file.
   */
  static async check(path: string): Promise<void> {
    const { isStream } = await naming(path, () => placeOf(path));
    if (!isStream) await (await WholeFile.create(path)).discard();
  }

  /** @throws InputError if the disk is full or fails. */
  async write(content: string | Uint8Array): Promise<void> {
    await naming(this.path, () => this.file.writeFile(content));
  }

  /** Puts the file in its place. */
  async commit(): Promise<void> {
    await naming(this.path, async () => {
      await this.file.close();
      if (this.temporary !== undefined) await rename(this.temporary, this.target);
    });
    process.off("exit", this.onExit);
  }

  /** Leaves nothing behind; to be called after an error. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    if (this.temporary !== undefined) await rm(this.temporary, { force: true });
    process.off("exit", this.onExit);
  }
}

/** Where a path leads through links, and whether a device or a pipe is there. */
async function placeOf(path: string): Promise<{ target: string; isStream: boolean }> {
  const target = await realpath(path).catch(() => path);
  const there = await stat(target).catch(() => undefined);
  if (there?.isDirectory()) throw new InputError(`cannot write ${path}: ${REASONS.EISDIR}.`);
  return { target, isStream: there !== undefined && !there.isFile() };
}

const REASONS = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  ENAMETOOLONG: "its name is too long",
} as const;

async function naming<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(`cannot write ${path}: ${REASONS[code as keyof typeof REASONS] ?? code}.`);
  }
}
