import type { Core } from "../../host/core/load.js";
import { type EngineSetup, serve } from "./engine-run.js";
import { iterationSeconds } from "./iteration-seconds.js";
import { table } from "./markdown.js";
import type { Section } from "./section.js";

const PROMPT = 204;
const OUTPUT = 64;

/**
 * What the engine must give exactly where the answer is a sum: n requests that arrive together at an idle replica take one iteration of n prompts, then
 * `OUTPUT - 1` of n decodes whose context grows by n.
 */
export function limitsSection(core: Core, setup: EngineSetup): Section {
  const { model } = setup.serving;
  if (model.type !== "affine") throw new TypeError("the sums are those of an affine model");
  const unlimited = { ...setup, serving: { ...setup.serving, maxNumBatchedTokens: null, prefixBlock: null } };
  let largest = 0;
  const rows = [1, 8, 32, 128].map((n) => {
    const same = (value: number) => new Array<number>(n).fill(value);
    const served = serve(core, unlimited, { arrivalS: same(0), inputTokens: same(PROMPT), outputTokens: same(OUTPUT) });
    const prefill = { decodes: 0, context: 0, chunks: same(PROMPT).map((tokens) => ({ tokens, processed: 0 })) };
    const ttftS = iterationSeconds(model, prefill);
    let e2eS = ttftS;
    for (let k = 0; k < OUTPUT - 1; k++)
      e2eS += iterationSeconds(model, { decodes: n, context: n * (PROMPT + k), chunks: [] });
    largest = Math.max(largest, Math.abs(served.ttftS[0]! - ttftS), Math.abs(served.e2eS[n - 1]! - e2eS));
    return [
      String(n),
      (ttftS * 1e3).toFixed(6),
      (served.ttftS[0]! * 1e3).toFixed(6),
      (e2eS * 1e3).toFixed(6),
      (served.e2eS[n - 1]! * 1e3).toFixed(6),
      ((n * OUTPUT) / e2eS).toFixed(1),
      ((n * OUTPUT) / served.e2eS[n - 1]!).toFixed(1),
    ];
  });
  const head = ["requests", "TTFT ms, sum", "engine", "E2E ms, sum", "engine", "output tokens/s, sum", "engine"];
  return {
    summary: [
      ["One request alone, and batches: largest difference to the sum", `${(largest * 1e9).toFixed(1)} ns`, "1 ns"],
    ],
    text:
      `Requests of ${PROMPT} + ${OUTPUT} tokens that arrive together at an idle replica (model of the setting with neither prefix caching nor chunked prefill) take one ` +
      `iteration of prompts and ${OUTPUT - 1} of decodes, so TTFT, E2E and throughput are plain sums of the iteration model, here in doubles. The engine rounds down to the nanosecond.\n\n` +
      table(head, rows),
  };
}
