import type { IterationModel } from "../../profiles/iteration-model.js";
import { meanIterationS } from "../../profiles/mean-iteration.js";
import type { Pool } from "../../specs/fleet.js";

/** What a lone request takes, ms. */
export interface LoneTimes {
  ttftMs: number;
  /** Between two tokens. */
  tbtMs: number;
}

/**
 * A machine that serves one request at a time: what slowdowns are measured against.
 *
 * A request takes `ttft0`, the prefill of its prompt alone, then `tbt0` a token, that of a batch of one with its prompt as context; so `e2e0 = ttft0 + tbt0 (n - 1)` for n tokens (Patel et al., Splitwise, ISCA 2024,
 * section 5.3, as its simulator SplitwiseSim has it).
 */
export class UncontendedReference {
  private readonly known = new Map<number, LoneTimes>();

  /** @param name What results call it. */
  constructor(
    readonly name: string,
    private readonly model: IterationModel,
    /** Prompt tokens in one iteration at most. */
    private readonly chunk: number,
  ) {}

  /** The replica of a pool, alone. */
  static of(name: string, { iterationModel, serving }: Pool): UncontendedReference {
    const chunk = Math.min(serving.maxNumBatchedTokens ?? Infinity, serving.chunk ?? Infinity);
    return new UncontendedReference(name, iterationModel, chunk);
  }

  /** What a request of so many prompt tokens takes. */
  times(inputTokens: number): LoneTimes {
    let times = this.known.get(inputTokens);
    if (times === undefined) {
      times = { ttftMs: 1000 * this.prefillS(inputTokens), tbtMs: 1000 * this.decodeS(inputTokens) };
      this.known.set(inputTokens, times);
    }
    return times;
  }

  private prefillS(inputTokens: number): number {
    let seconds = 0;
    for (let before = 0; before < inputTokens;) {
      const promptTokens = Math.min(this.chunk, inputTokens - before);
      const work = promptTokens * (before + promptTokens / 2);
      seconds += meanIterationS(this.model, { decodes: 0, context: 0, promptTokens, work, prompts: 1 });
      before += promptTokens;
    }
    return seconds;
  }

  private decodeS(context: number): number {
    return meanIterationS(this.model, { decodes: 1, context, promptTokens: 0, work: 0, prompts: 0 });
  }
}
