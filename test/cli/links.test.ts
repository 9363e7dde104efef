import { describe, expect, test } from "vitest";
import { linksCommand } from "../../host/cli/links.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { LINK_NAMES } from "../../host/specs/link-catalog.js";
import { runCommand } from "./run-command.js";

const links = (...args: string[]) => runCommand(linksCommand(), args);

describe("links", () => {
  test("lists every link with its bandwidth and source within 100 columns", async () => {
    const { exitCode, stdout } = await links();
    expect(exitCode).toBe(0);
    for (const name of LINK_NAMES) expect(`\n${stdout}`).toContain(`\n${name} `);
    expect(stdout).toMatch(/25gbe +3\.125 GB\/s +a server +IEEE 802\.3by-2016/);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
  });

  test("shows one by any of its names", async () => {
    const { stdout } = await links("NDR");
    expect(stdout).toMatch(/^ib-ndr +50 GB\/s +a GPU +InfiniBand Trade Association/);
    expect(stdout).not.toContain("ib-hdr");
  });

  test("prints JSON", async () => {
    const { stdout } = await links("dgx-h100", "--json");
    expect(JSON.parse(stdout)).toEqual({
      links: [
        {
          name: "dgx-h100",
          aliases: ["8xndr"],
          bandwidth_GBps: 400,
          per: "server",
          source: expect.stringContaining("DGX H100 user guide") as string,
        },
      ],
    });
  });

  test("refuses an unknown name, and says which was meant", async () => {
    const { exitCode, stderr } = await links("ib-nrd");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^the name of a link is "ib-nrd", but must be one of .* \(did you mean ib-ndr\?\)\.\n$/);
  });
});
