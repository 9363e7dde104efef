import type { ManualProfile } from "../specs/profile-spec.js";

/** Ticks of the simulator's clock in a second. */
const TICKS_PER_SECOND = 1e9;

/** From here on every double is whole; added to a smaller one and taken away again it rounds that to the nearest whole, halves to even. */
const WHOLE = 2 ** 52;

/** Seconds as whole ticks (nanoseconds), as the simulator rounds them: the nearest, halves to even. */
export function ticksOf(seconds: number): number {
  const ticks = seconds * TICKS_PER_SECOND;
  return ticks < WHOLE ? ticks + WHOLE - WHOLE : ticks;
}

/**
 * Duration of one iteration, seconds: `W + H * (len / calibration_ctx) * n`, in this order of operations.
 *
 * @param n sequences in the batch.
 * @param len their mean length, tokens, input and output together; by default `calibrationCtx`.
 *
 * Source: `ManualProfile.iter_latency` of the Python vllm-sr-sim 0.1.0. A prefill iteration takes as long: constants given by hand say
 * nothing of compute.
 */
export function iterationTimeS(profile: ManualProfile, n: number, len = profile.calibrationCtx): number {
  return profile.W + profile.H * (len / profile.calibrationCtx) * n;
}

/**
 * Prefill of a request in a replica that runs `slots` sequences at once, ticks: what docs/reference/slots-engine.md says, bit for bit.
 *
 * @param input prompt tokens, at least 1.
 * @param output generated tokens, at least 1.
 */
export function prefillTicks(profile: ManualProfile, slots: number, input: number, output: number): number {
  return ticksOf(Math.ceil(input / profile.chunk) * iterationTimeS(profile, slots, input + output));
}

/** Decode of a request, ticks; parameters as for {@link prefillTicks}. */
export function decodeTicks(profile: ManualProfile, slots: number, input: number, output: number): number {
  return ticksOf(output * iterationTimeS(profile, slots, input + output));
}

/** Time that a request holds its slot, ticks: prefill and decode. Parameters as for {@link prefillTicks}. */
export function serviceTicks(profile: ManualProfile, slots: number, input: number, output: number): number {
  return prefillTicks(profile, slots, input, output) + decodeTicks(profile, slots, input, output);
}

/** Prefill of a request at full concurrency, seconds, to the nanosecond; parameters as for {@link prefillTicks}. */
export function prefillTimeS(profile: ManualProfile, slots: number, input: number, output: number): number {
  return prefillTicks(profile, slots, input, output) / TICKS_PER_SECOND;
}

/** Service of a request at full concurrency, seconds, to the nanosecond; parameters as for {@link prefillTicks}. */
export function serviceTimeS(profile: ManualProfile, slots: number, input: number, output: number): number {
  return serviceTicks(profile, slots, input, output) / TICKS_PER_SECOND;
}

/**
 * Requests a second that a saturated replica completes if all are of mean length: `slots / service(trunc(mean))`.
 *
 * Service is not linear in length: the throughput of a mixture of lengths is `slots` over the mean of their services, and lower.
 * Source: `ManualProfile.throughput` of the Python vllm-sr-sim 0.1.0.
 */
export function throughputRps(profile: ManualProfile, slots: number, meanInput: number, meanOutput: number): number {
  return slots / serviceTimeS(profile, slots, Math.trunc(meanInput), Math.trunc(meanOutput));
}
