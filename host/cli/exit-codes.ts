/** Exit codes of every command; each says in its help what no answer means there. */

/** The question was answered, help and version included. */
export const ANSWERED = 0;
/** The question has no answer: no fleet meets the objective, a queue grows without end, a model does not fit. */
export const NO_ANSWER = 1;
/** Something that was given cannot be used. */
export const BAD_INPUT = 2;
/** Stopped by SIGINT: 128 and its number, as shells have it. */
export const INTERRUPTED = 130;
/** Stopped by SIGTERM. */
export const TERMINATED = 143;
