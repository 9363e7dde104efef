import type { Core } from "../../host/core/load.js";
import { disagg, type DisaggOptions, type DisaggResult } from "../../host/planners/disagg.js";
import { replayTrace, type ReplayTraceOptions, type ReplayTraceResult } from "../../host/planners/replay-trace.js";

/** Which pair is the least, and what stands beside it. */
export interface PairQuestion {
  kind: "pair";
  options: DisaggOptions;
}

/** How a given fleet serves. */
export interface ReplayQuestion {
  kind: "replay";
  options: ReplayTraceOptions;
}

/** What a section of the page wants to know: plain data, so that another thread can answer it. */
export type Question = PairQuestion | ReplayQuestion;

/** What a question is answered with: plain data too. */
export type AnswerTo<Asked extends Question> = Asked extends PairQuestion ? DisaggResult : ReplayTraceResult;

/** Answers questions; the same one is worked out once, whoever asks. */
export type Ask = <Asked extends Question>(question: Asked) => Promise<AnswerTo<Asked>>;

/** Works out an answer. */
export async function answer(core: Core, question: Question): Promise<DisaggResult | ReplayTraceResult> {
  if (question.kind === "pair") return disagg({ ...question.options, core });
  return replayTrace({ ...question.options, core });
}

/** Answers in this thread. */
export function askHere(core: Core): Ask {
  let last: Promise<unknown> = Promise.resolve();
  // An instance of the core answers one question at a time.
  return once((question) => (last = last.then(() => answer(core, question))));
}

/** Remembers what was asked before. */
export function once(work: (question: Question) => Promise<unknown>): Ask {
  const known = new Map<string, Promise<unknown>>();
  return <Asked extends Question>(question: Asked) => {
    const key = JSON.stringify(question);
    const before = known.get(key) ?? work(question);
    known.set(key, before);
    return before as Promise<AnswerTo<Asked>>;
  };
}
