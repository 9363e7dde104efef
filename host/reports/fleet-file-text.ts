import { stringify } from "yaml";
import type { FleetInput } from "../specs/fleet-spec.js";

/** Width of the lines of a file, beyond which YAML folds them. */
const WIDTH = 120;

/**
 * A fleet as the text of a file that `replay` takes: JSON if its name ends in `.json`, else YAML.
 *
 * @param said What the fleet is for, in a line or several: a comment of the file.
 */
export function fleetFileText(fleet: FleetInput, fileName: string, said: readonly string[]): string {
  if (fileName.endsWith(".json")) return JSON.stringify({ _comment: said.join(" "), ...fleet }, null, 2) + "\n";
  const comment = said.map((line) => `# ${line}\n`).join("");
  return comment + stringify(fleet, { lineWidth: WIDTH });
}
