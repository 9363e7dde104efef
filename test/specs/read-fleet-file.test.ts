import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../host/specs/input-error.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { readTextFile } from "../../host/specs/read-text-file.js";
import { fleetText } from "./fleet-text.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("readFleetFile", () => {
  it("reads a fleet and keeps where it came from", async () => {
    const path = await file("fleet.json", fleetText());
    expect((await readFleetFile(path)).file).toBe(path);
  });

  it("names the file that is not there", async () => {
    await expect(readFleetFile("no/such.json")).rejects.toThrow(
      new InputError("no/such.json: cannot read the file: there is no such file."),
    );
  });

  it("refuses a folder", async () => {
    await expect(readFleetFile(folder)).rejects.toThrow("it is a folder, not a file.");
  });
});

describe("readTextFile", () => {
  it("reads up to the limit and not a byte more", async () => {
    const path = await file("ten.txt", "0123456789");
    expect(await readTextFile(path, 10)).toBe("0123456789");
    await expect(readTextFile(path, 9)).rejects.toThrow("the file is larger than 9 bytes, the most allowed.");
  });

  it("reads text longer than one chunk", async () => {
    const text = "é".repeat(100_000);
    expect(await readTextFile(await file("long.txt", text), 1e6)).toBe(text);
  });

  it("refuses what is not UTF-8", async () => {
    await expect(readTextFile(await file("bytes", Uint8Array.of(0xff, 0xfe)), 10)).rejects.toThrow(
      "the file is not UTF-8 text.",
    );
  });

  it.skipIf(process.platform === "win32")("stops reading a device that has no end", async () => {
    await expect(readTextFile("/dev/zero", 100_000)).rejects.toThrow("larger than 100000 bytes");
  });
});
