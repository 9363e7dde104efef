/** `--fleet-out`: a recommended fleet as a file. */
import { resolve } from "node:path";
import { InputError } from "../specs/input-error.js";
import { refuseInputs } from "./output.js";
import { WholeFile } from "./whole-file.js";

/**
 * Asks whether the file of `--fleet-out` can be written, so that a long run does not find out at its end.
 *
 * @throws InputError if it cannot, is one of the inputs, or is that of `--out`.
 */
export async function checkFleetOut(
  { out, fleetOut }: { out?: string; fleetOut?: string },
  inputs: readonly unknown[],
): Promise<void> {
  if (fleetOut === undefined) return;
  if (out !== undefined && resolve(out) === resolve(fleetOut)) {
    throw new InputError(`--out and --fleet-out name the same file, ${out}.`);
  }
  await refuseInputs("--fleet-out", fleetOut, inputs);
  await WholeFile.check(fleetOut);
}
