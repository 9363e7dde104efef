/** What the Python tool's formulas ask of a profile, whether its constants are given by hand or computed. */
export interface PythonProfile {
  readonly name: string;
  /** US dollars an hour: of one GPU where constants are given by hand, of all `gpusPerWorker` where they are computed. */
  readonly costPerHr: number;
  /** GPUs that a worker of a disaggregated fleet counts: the tensor-parallel group of a computed profile, 1 for constants given by hand. */
  readonly gpusPerWorker: number;
  /** Prompt tokens that an iteration prefills. */
  readonly chunk: number;
  /** Tokens in a KV block. */
  readonly blockSize: number;
  readonly totalKvBlocks: number;
  /** An iteration with `n` sequences of mean length `length` tokens, s; without a length, of the one that the constants hold for. */
  iterationS(n: number, length?: number): number;
  /** An iteration that prefills `chunk` tokens after `history`, s; the other parameters as for `iterationS`. */
  prefillIterationS(chunk: number, history: number, n: number, length?: number): number;
  /** Sequences that run at once where the longest has `maxCtx` tokens. */
  slots(maxCtx: number): number;
  /** How long a request holds a slot while all others are taken, s. */
  serviceS(input: number, output: number, maxCtx: number): number;
  /** Requests a second with all slots taken by requests of mean length. */
  throughputRps(maxCtx: number, meanInput: number, meanOutput: number): number;
  /**
   * Power of a GPU that runs `n` sequences, W.
   *
   * @throws InputError if the profile has no constants of power.
   */
  powerW(n: number): number;
}

/** Throughput of a profile, requests a second: `slots / service` of a request of mean length, cut to whole tokens; 1e-6 where the service takes no time. */
export function throughputOf(
  profile: Pick<PythonProfile, "slots" | "serviceS">,
  maxCtx: number,
  meanInput: number,
  meanOutput: number,
): number {
  const serviceS = profile.serviceS(Math.trunc(meanInput), Math.trunc(meanOutput), maxCtx);
  return serviceS > 0 ? profile.slots(maxCtx) / serviceS : 1e-6;
}
