import type { RooflineSpec } from "../specs/roofline-spec.js";
import { decodeWork, type DecodeBatch } from "./decode-work.js";
import type { IterationModel } from "./iteration-model.js";
import { powerCoefficients } from "./power-coefficients.js";

/** Power of one GPU, W, by how near it comes to its peaks; see {@link PowerCoefficients}. */
export function utilisedPowerW(hardware: RooflineSpec["hardware"], load: { mbu: number; mfu: number }): number {
  const { idle, memory, arithmetic } = powerCoefficients(hardware);
  return hardware.tdpW * Math.min(1, idle + memory * load.mbu + arithmetic * Math.sqrt(load.mfu));
}

/**
 * Power of one GPU of a replica that decodes, W. Below one sequence on average the replica decodes a single one for that share of the time, and idles for the rest.
 */
export function rooflineGpuPowerW(spec: RooflineSpec, model: IterationModel, batch: DecodeBatch): number {
  const idleW = spec.hardware.tdpW * powerCoefficients(spec.hardware).idle;
  if (batch.sequences <= 0) return idleW;
  const busy = Math.min(1, batch.sequences);
  const work = decodeWork(spec, model, { ...batch, sequences: Math.max(1, batch.sequences) });
  return idleW + busy * (utilisedPowerW(spec.hardware, work) - idleW);
}
