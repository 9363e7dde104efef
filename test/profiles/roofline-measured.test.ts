import { describe, expect, it } from "vitest";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { decoding, iterationMs, prefilling, roofline } from "./roofline-cases.js";

/**
 * Time of a decode iteration without context, ms, and share of peak arithmetic in prefill, from sums of the measured kernels of AIConfigurator (NVIDIA, Apache-2.0, commit
 * a77804e36): the intercept of a fit of `W + s * sequences + h * context` to 525 decode iterations.
 */
const DECODE = [
  ["llama-3.1-8b", 1, "h100-sxm", 6.35],
  ["llama-3.1-8b", 1, "h200-sxm", 4.89],
  ["llama-3.1-8b", 1, "a100-sxm-80gb", 11.5],
  ["llama-3.1-70b", 4, "h100-sxm", 15],
  ["llama-3.1-70b", 4, "h200-sxm", 12],
  ["llama-3.1-70b", 4, "a100-sxm-80gb", 27.5],
  ["llama-3.1-70b", 8, "h100-sxm", 10.2],
  ["llama-3.1-70b", 8, "h200-sxm", 8.2],
  ["llama-3.1-70b", 8, "a100-sxm-80gb", 17.2],
] as const;

const PREFILL = [
  ["llama-3.1-8b", 1, 128, 0.26],
  ["llama-3.1-8b", 1, 512, 0.65],
  ["llama-3.1-8b", 1, 2048, 0.74],
  ["llama-3.1-70b", 8, 2048, 0.43],
] as const;

describe("a roofline without anything fitted to whole iterations", () => {
  it.each(DECODE)("decodes %s on %i x %s within 0.065 of %f ms", (model, tp, hardware, measured) => {
    const time = iterationMs(roofline({ model, tp, hardware }), decoding(1, 0));
    expect(Math.abs(time / measured - 1)).toBeLessThan(0.065);
  });

  it("decodes within 2.5 % of them on average", () => {
    const errors = DECODE.map(([model, tp, hardware, measured]) =>
      Math.abs(iterationMs(roofline({ model, tp, hardware }), decoding(1, 0)) / measured - 1),
    );
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.025);
  });

  it.each(PREFILL)("prefills %s on %i H100 at %i tokens within 0.03 of %f of peak", (model, tp, tokens, measured) => {
    const spec = roofline({ model, tp });
    const { flopsPerToken, flopsPerWork, flopsPerSequence, peakFlops } = rooflineReplica(spec).peaks;
    const flops = tokens * flopsPerToken + ((tokens * tokens) / 2) * flopsPerWork + flopsPerSequence;
    const share = flops / ((iterationMs(spec, prefilling(tokens)) / 1000) * peakFlops);
    expect(Math.abs(share - measured)).toBeLessThan(0.03);
  });
});
