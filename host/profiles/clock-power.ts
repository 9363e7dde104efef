import type { RooflineSpec } from "../specs/roofline-spec.js";

/**
 * What a power cap makes of the clock of a GPU, and what the clock makes of its speed.
 *
 * Above idle, power goes with the square of the clock: `P(f) = idle + (full - idle) f^2`. Dynamic power is `C V^2 f`; over the range in which a cap moves the clock, voltage falls with it near the
 * top and no more below. A square is what is measured: one stage of GPT-3 175B in bf16 at locked clocks, 855 to 1350 MHz of an A100 SXM, gives an exponent of 1.65 to 1.92 for idle power of 50 to
 * 80 W, and times that go with `f^-0.96` forward and `f^-0.91` backward (Perseus, Chung et al., SOSP 2024, arXiv:2312.06902; data of its artifact, ml-energy/zeus `sosp24_data`). At half of the power
 * the stage takes 1.53 times as long, and this law says 1.51 (`test/profiles/clock-power.test.ts`).
 */

/** The clock that keeps a load within a cap, as a share of the one at which it draws `fullW`; 1 where it draws no more than the cap. */
export function clockUnderCap({ idleW, fullW, capW }: { idleW: number; fullW: number; capW: number }): number {
  if (fullW <= capW) return 1;
  return Math.sqrt(Math.max(0, capW - idleW) / (fullW - idleW));
}

/**
 * Clock, as a share of the full one, below which memory gets slower too.
 *
 * An assumption. Caches and the network to memory run on the clock of the arithmetic, and have room to spare: Splitwise (Patel et al., ISCA 2024, arXiv:2311.18677, figure 9) sees nearly no change of the token
 * phase of H100s from 700 down to 350 W. That room has an end.
 */
const MEMORY_BOUND_CLOCK = 0.5;

/** Memory bandwidth at a clock, as a share of the full one. */
export function bandwidthAtClock(clock: number): number {
  return Math.min(1, clock / MEMORY_BOUND_CLOCK);
}

/** A roofline whose GPUs run at a clock: links are not on it. */
export function atClock(spec: RooflineSpec, clock: number): RooflineSpec {
  const { hardware } = spec;
  const { peakBf16Flops, peakFp8Flops, memoryBandwidth } = hardware;
  return {
    ...spec,
    hardware: {
      ...hardware,
      peakBf16Flops: peakBf16Flops * clock,
      ...(peakFp8Flops === undefined ? {} : { peakFp8Flops: peakFp8Flops * clock }),
      memoryBandwidth: memoryBandwidth * bandwidthAtClock(clock),
    },
  };
}
