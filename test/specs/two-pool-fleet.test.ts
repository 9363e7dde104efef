import { describe, expect, it } from "vitest";
import { twoPoolFleet } from "../../host/specs/two-pool-fleet.js";

describe("twoPoolFleet", () => {
  it("has the defaults of the command line", () => {
    expect(twoPoolFleet({ nShort: 18, nLong: 6 })).toEqual({
      file: "",
      pools: [
        { id: "short", gpu: "a100", gpus: 18, maxCtx: 4096, queue: "replica", balance: "least_outstanding" },
        { id: "long", gpu: "a100", gpus: 6, maxCtx: 65536, queue: "replica", balance: "least_outstanding" },
      ],
      router: { type: "length", threshold: 4096, by: "total" },
    });
  });

  it("compresses where gamma is above 1", () => {
    const fleet = twoPoolFleet({
      nShort: 1,
      nLong: 1,
      bShort: 6144,
      gamma: 1.5,
      gpuShort: "h100",
      gpuLong: "A10G",
      sloMs: 9,
    });
    expect(fleet).toMatchObject({ sloMs: 9, pools: [{ gpu: "h100", maxCtx: 6144 }, { gpu: "a10g" }] });
    expect(fleet.router).toMatchObject({ type: "compress_route", bShort: 6144, gamma: 1.5 });
  });

  const one = { nShort: 1, nLong: 1 };
  const refused: [flags: Parameters<typeof twoPoolFleet>[0], message: string][] = [
    [{ nShort: 0, nLong: 1 }, "--n-s is 0, but must be a whole number from 1 to 1000000."],
    [{ nShort: 1, nLong: -1 }, "--n-l is -1, but must be a whole number from 1 to 1000000."],
    [{ nShort: NaN, nLong: 1 }, "--n-s is NaN, but must be a whole number"],
    [
      { nShort: 1e5, nLong: 1 },
      "the fleet of --n-s and --n-l must have at most 100000 replicas in all; these have 100001.",
    ],
    [{ ...one, bShort: 0 }, "--b-short is 0, but must be a whole number from 1 to 2147483647."],
    [{ ...one, bShort: NaN }, "--b-short is NaN, but must be a whole number"],
    [{ ...one, bShort: 65536 }, "--b-short is 65536, but must be less than --long-max-ctx, 65536."],
    [{ ...one, bShort: 1e6 }, "--b-short is 1000000, but must be less than --long-max-ctx, 65536."],
    [{ ...one, longMaxCtx: 0 }, "--long-max-ctx is 0, but must be a whole number from 1 to 2147483647."],
    [{ ...one, longMaxCtx: 2e6 }, "--long-max-ctx is 2000000, but that leaves no slot"],
    [{ ...one, gpuShort: "h200" }, '--gpu-short is "h200", but must be one of a100, h100, a10g'],
    [{ ...one, gpuLong: "" }, '--gpu-long is "", but must be one of a100, h100, a10g.'],
    [{ ...one, gamma: 0.5 }, "--gamma is 0.5, but must be a number from 1 to 1000000."],
    [{ ...one, gamma: Infinity }, "--gamma is Infinity, but must be a number from 1 to 1000000."],
    [{ ...one, sloMs: -1 }, "--slo is -1, but must be a finite number above 0."],
  ];
  it.each(refused)("refuses %j by the name of the flag", (flags, message) => {
    expect(() => twoPoolFleet(flags)).toThrow(message);
  });
});
