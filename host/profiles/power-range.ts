import type { ManualProfile } from "../specs/profile-spec.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import { powerCoefficients } from "./power-coefficients.js";

/** What one GPU draws at least and at most, W. */
export interface PowerRange {
  /** A GPU that holds a loaded server and does nothing. */
  idleW: number;
  /** The board power of a roofline's hardware, or the nominal power of a profile's curve. */
  fullW: number;
}

/** What is known of the replicas of a pool. */
export interface PowerSource {
  profile?: Pick<ManualProfile, "power"> | undefined;
  roofline?: RooflineSpec | undefined;
}

/** Range of the power of a GPU; `undefined` where neither a curve nor a roofline knows of it. The curve comes first, as in {@link poolReplicaPowerW}. */
export function powerRange({ profile, roofline }: PowerSource): PowerRange | undefined {
  if (profile?.power) return { idleW: profile.power.idleW, fullW: profile.power.nominalW };
  if (!roofline) return undefined;
  const { hardware } = roofline;
  return { idleW: powerCoefficients(hardware).idle * hardware.tdpW, fullW: hardware.tdpW };
}

/** What is wrong with a cap, as a clause that follows its name; `undefined`: nothing. */
export function powerCapMistake(source: PowerSource, capW: number): string | undefined {
  const range = powerRange(source);
  if (!range) {
    return "needs a pool whose power is known: its profile must give power_idle_w and power_nominal_w, or its iteration_model be a roofline";
  }
  const { roofline } = source;
  const idleW = Math.max(range.idleW, roofline ? powerRange({ roofline })!.idleW : 0);
  if (capW > idleW) return undefined;
  return `must be above ${Math.round(idleW * 10) / 10}, the watts that one of its GPUs draws idle`;
}
