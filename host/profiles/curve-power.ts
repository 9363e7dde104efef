import type { ManualProfile } from "../specs/profile-spec.js";
import { powerW } from "./power.js";
import type { PowerQuality } from "./power-coefficients.js";
import type { ReplicaPower } from "./replica-performance.js";

/** Power of a replica by the curve of its profile; `undefined` where that has none. */
export function curvePower(profile: ManualProfile, sequences: number): ReplicaPower | undefined {
  if (!profile.power) return undefined;
  return { watts: profile.gpusPerReplica * powerW(profile, sequences), quality: curveQuality(profile) };
}

/** The labels of the Python tool: by the GPU that the profile names; a straight line is no measurement. */
export function curveQuality({ name, power }: ManualProfile): PowerQuality {
  if (!power || power.k === 0) return "NONE";
  if (/h[12]00/i.test(name)) return "HIGH";
  return /a100/i.test(name) ? "FAIR" : "LOW";
}
