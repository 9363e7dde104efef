import { describe, expect, it } from "vitest";
import { decodeWork } from "../../host/profiles/decode-work.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { IDEAL, roofline } from "./roofline-cases.js";

function work(fields: Record<string, unknown>, sequences: number, context: number) {
  const spec = roofline(fields);
  return decodeWork(spec, rooflineModel(spec), { sequences, context });
}

describe("decodeWork", () => {
  it("reads the weights once, and the context of every sequence and its new token", () => {
    const { peaks } = rooflineReplica(roofline());
    const { weightBytes, kvBytes } = work({}, 10, 999);
    expect(weightBytes).toBe(peaks.weightBytes);
    expect(kvBytes).toBe(10 * 1000 * peaks.kvBytesPerToken);
  });

  it("computes every token, and its products with its context", () => {
    const { peaks } = rooflineReplica(roofline());
    expect(work({}, 10, 500).flops).toBe(
      10 * (peaks.flopsPerToken + peaks.flopsPerSequence + 500 * peaks.flopsPerContext),
    );
  });

  it("comes near the peak of memory where kernels reach it", () => {
    const { mbu } = work(IDEAL, 1, 4000);
    expect(mbu).toBeGreaterThan(0.97);
    expect(mbu).toBeLessThan(1.01);
  });

  it("reads the experts that are chosen, and all of them in a large batch", () => {
    const all = rooflineReplica(roofline({ model: "mixtral-8x7b", tp: 2 })).peaks.weightBytes;
    const read = (sequences: number) => work({ model: "mixtral-8x7b", tp: 2 }, sequences, 0).weightBytes / all;
    expect(read(1)).toBeGreaterThan(0.25);
    expect(read(1)).toBeLessThan(0.31);
    expect(read(256)).toBeCloseTo(1, 6);
  });
});
