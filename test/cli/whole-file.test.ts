import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkOutput, writeWhole } from "../../host/cli/output.js";
import { WholeFile } from "../../host/cli/whole-file.js";
import { InputError } from "../../host/specs/input-error.js";
import { temporaryFolder } from "./temporary-folder.js";

describe("WholeFile", () => {
  test("is not there before it is committed", async () => {
    const folder = await temporaryFolder();
    const file = await WholeFile.create(join(folder, "a.csv"));
    await file.write("one\n");
    await file.write(new TextEncoder().encode("two\n"));
    expect(await readdir(folder)).not.toContain("a.csv");
    await file.commit();
    expect(await readdir(folder)).toEqual(["a.csv"]);
    expect(await readFile(join(folder, "a.csv"), "utf8")).toBe("one\ntwo\n");
  });

  test("leaves what was there before when it is discarded", async () => {
    const folder = await temporaryFolder({ "a.csv": "before" });
    const file = await WholeFile.create(join(folder, "a.csv"));
    await file.write("half");
    await file.discard();
    expect(await readdir(folder)).toEqual(["a.csv"]);
    expect(await readFile(join(folder, "a.csv"), "utf8")).toBe("before");
  });

  test("writes through a link and leaves the link", async () => {
    const folder = await temporaryFolder({ "target.csv": "before" });
    await symlink("target.csv", join(folder, "link.csv"));
    await writeWhole(join(folder, "link.csv"), "after");
    expect(await readFile(join(folder, "target.csv"), "utf8")).toBe("after");
    expect((await readdir(folder)).sort()).toEqual(["link.csv", "target.csv"]);
  });

  test.skipIf(process.platform === "win32")("writes into a device and leaves the device", async () => {
    await writeWhole("/dev/null", "gone");
    await writeWhole("/dev/null", "gone");
    expect(await readFile("/dev/null", "utf8")).toBe("");
    expect((await readdir("/dev")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("says why it cannot be written", async () => {
    const folder = await temporaryFolder({ file: "" });
    await mkdir(join(folder, "sub"));
    const refusal = (path: string) => WholeFile.create(join(folder, path)).catch((error: unknown) => error);
    expect(await refusal("nope/a.csv")).toEqual(
      new InputError(`cannot write ${join(folder, "nope/a.csv")}: its folder does not exist.`),
    );
    expect(await refusal("sub")).toEqual(new InputError(`cannot write ${join(folder, "sub")}: it is a folder.`));
    expect(await refusal("file/a.csv")).toEqual(
      new InputError(`cannot write ${join(folder, "file/a.csv")}: a part of its path is not a folder.`),
    );
  });
});

test("what fails while it is written leaves nothing", async () => {
  const folder = await temporaryFolder();
  async function* pieces() {
    yield "half";
    await Promise.resolve();
    throw new InputError("the source broke");
  }
  await expect(writeWhole(join(folder, "a.csv"), pieces())).rejects.toThrow("the source broke");
  expect(await readdir(folder)).toEqual([]);
});

test("checkOutput finds out beforehand, and touches nothing", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "there.json"), "before");
  await checkOutput({ out: join(folder, "there.json") }, []);
  await checkOutput({ out: join(folder, "new.json") }, []);
  await checkOutput({}, []);
  expect(await readdir(folder)).toEqual(["there.json"]);
  expect(await readFile(join(folder, "there.json"), "utf8")).toBe("before");
  await expect(checkOutput({ out: join(folder, "nope", "x.json") }, [])).rejects.toThrow("its folder does not exist");
});
