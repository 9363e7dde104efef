import { catalogued } from "./catalogued.js";
import { nameIndex, plainName } from "./catalog-names.js";
import { readCited } from "./cited.js";
import { pathText, type FieldNaming } from "./check.js";
import { AMD_AND_INTEL } from "./hardware/amd-intel.js";
import { AMPERE_AND_ADA } from "./hardware/nvidia-ampere-ada.js";
import { BLACKWELL } from "./hardware/nvidia-blackwell.js";
import { HOPPER } from "./hardware/nvidia-hopper.js";
import { HARDWARE_KEYS, inlineHardware } from "./hardware/hardware-fields.js";
import type { HardwareFacts } from "./hardware/hardware-facts.js";

export { borrowsKernels, type HardwareFacts } from "./hardware/hardware-facts.js";

/** A figure of {@link HardwareFacts}. */
export type HardwareFigure = keyof typeof HARDWARE_KEYS;

/** A GPU of a catalog: its facts, and where each of them comes from. */
export interface HardwareEntry {
  name: string;
  /** Other names that it goes by. */
  aliases: readonly string[];
  facts: HardwareFacts;
  /** Where each figure comes from; figures that were left out have none. */
  sources: Readonly<Partial<Record<HardwareFigure, string>>>;
}

const ENTRIES = [...HOPPER, ...AMPERE_AND_ADA, ...BLACKWELL, ...AMD_AND_INTEL] as const;

/** A GPU whose facts are known. */
export type HardwareName = (typeof ENTRIES)[number]["name"];

/** GPUs whose facts are known, as fleet files name them. */
export const HARDWARE_NAMES = ENTRIES.map(({ name }) => name) as [HardwareName, ...HardwareName[]];

const INDEX = nameIndex<(typeof ENTRIES)[number]>(ENTRIES);
const checked = new Map<string, HardwareEntry>();

/** The GPU of the built-in catalog with this name or alias, in any case, "-", "_" and blanks alike; `undefined`: none. */
export function findHardware(name: string): HardwareEntry | undefined {
  const written = INDEX.get(plainName(name));
  if (written === undefined) return undefined;
  let entry = checked.get(written.name);
  if (entry === undefined) {
    const nameOf: FieldNaming = (path) => `${written.name} of the catalog: ${pathText(path, "the entry")}`;
    entry = readHardwareEntry(written, nameOf, "");
    checked.set(written.name, entry);
  }
  return entry;
}

/** A GPU of the built-in catalog with its sources. */
export function hardwareEntry(name: HardwareName): HardwareEntry {
  return findHardware(name)!;
}

/** Facts of a GPU of the built-in catalog. */
export function hardwareFacts(name: HardwareName): HardwareFacts {
  return hardwareEntry(name).facts;
}

/**
 * Checks the entry of a GPU in a catalog, built in or not.
 *
 * @param defaultSource where figures come from that have none of their own in an entry without one.
 * @throws InputError one sentence about one mistake.
 */
export function readHardwareEntry(input: unknown, nameOf: FieldNaming, defaultSource: string): HardwareEntry {
  const { aliases, facts, sources } = readCited(inlineHardware, input, { nameOf, defaultSource });
  const own: Partial<Record<HardwareFigure, string>> = {};
  for (const [figure, key] of Object.entries(HARDWARE_KEYS) as [HardwareFigure, string][]) {
    if (facts[figure] !== undefined) own[figure] = sources[key] ?? "assumption: not given";
  }
  return { name: facts.name, aliases, facts, sources: own };
}

/** The key `hardware` of a roofline: a name of the catalog, or the facts themselves. */
export const hardwareSchema = catalogued({
  kind: "hardware",
  names: [...INDEX.keys()],
  find: (name) => findHardware(name)?.facts,
  inline: inlineHardware,
});
