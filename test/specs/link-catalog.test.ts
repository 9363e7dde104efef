import { describe, expect, it } from "vitest";
import { findLink, LINK_NAMES, LINKS } from "../../host/specs/link-catalog.js";

/** GB/s in one direction, as papers and planners take them. */
const GBPS: Readonly<Record<(typeof LINK_NAMES)[number], number>> = {
  nvlink3: 300,
  nvlink4: 450,
  nvlink5: 900,
  "ib-hdr": 25,
  "ib-ndr": 50,
  "ib-xdr": 100,
  "dgx-a100": 200,
  "dgx-h100": 400,
  pcie4: 32,
  pcie5: 64,
  "25gbe": 3.125,
  "100gbe": 12.5,
  "200gbe": 25,
  "400gbe": 50,
};

describe("the catalog of links", () => {
  it.each(LINK_NAMES)("has %s by its name, in bytes/s of one direction", (name) => {
    expect(findLink(name)).toMatchObject({ name, bytesPerS: GBPS[name] * 1e9 });
  });

  it.each([
    ["IB_NDR", "ib-ndr"],
    ["hdr", "ib-hdr"],
    ["PCIe Gen4 x16", "pcie4"],
    ["8xHDR", "dgx-a100"],
    ["RoCE 400", "400gbe"],
  ])("finds %s", (written, name) => {
    expect(findLink(written)?.name).toBe(name);
  });

  it("finds nothing else", () => {
    expect(findLink("nvlink")).toBeUndefined();
    expect(findLink("none")).toBeUndefined();
  });

  it.each(LINKS)("names a source of $name", ({ source }) => {
    expect(source).toMatch(/\b20\d\d\b|user guide|Trade Association/);
  });

  it("has one for each GPU but of servers and Ethernet", () => {
    const ofServers = LINKS.filter(({ per }) => per === "server").map(({ name }) => name);
    expect(ofServers).toEqual(["dgx-a100", "dgx-h100", "25gbe", "100gbe", "200gbe", "400gbe"]);
  });

  it("has no name twice", () => {
    const names = LINKS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
