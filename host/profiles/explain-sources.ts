import { borrowsKernels, findHardware, type HardwareFacts } from "../specs/hardware-catalog.js";
import { kernelProvenance, type KernelFigure } from "../specs/kernel-catalog.js";
import { findModel, type ModelFacts } from "../specs/model-catalog.js";
import type { ComputedProfile } from "./computed-profile.js";
import type { ExplainedInput, InputKind } from "./explain-step.js";
import { powerCoefficients } from "./power-coefficients.js";

/** A figure of hardware as an input. */
export function hardwareInput(hardware: HardwareFacts, figure: NumericKey<HardwareFacts>): ExplainedInput {
  const entry = findHardware(hardware.name);
  const value = hardware[figure] ?? 0;
  const isCatalogued = entry?.facts[figure] === hardware[figure];
  const source = isCatalogued ? entry?.sources[figure] : undefined;
  return { name: snake(figure), value, ...kindOf(source ?? `given: hardware ${hardware.name}`) };
}

type NumericKey<Facts> = {
  [Key in keyof Facts]-?: NonNullable<Facts[Key]> extends number ? Key : never;
}[keyof Facts];

/** A figure of a model, or one that follows from its shape, as an input. */
export function modelInput(model: ModelFacts, name: string, value: number): ExplainedInput {
  const entry = findModel(model.name);
  const source = entry?.facts === model ? `shape of ${model.name}: ${entry.source}` : `given: model ${model.name}`;
  return { name, value, ...kindOf(source) };
}

/** What the user of a profile chose. */
export function givenInput(name: string, value: number, source = "option of the profile"): ExplainedInput {
  return { name, value, kind: "given", source };
}

/** What is not known and not measured. */
export function assumedInput(name: string, value: number, source: string): ExplainedInput {
  return { name, value, kind: "assumed", source };
}

/** Which figure of a kernel an input is. */
export type KernelQuery = Partial<Pick<KernelFigure, "kernel" | "dtype" | "figure">>;

/** A figure of a kernel as an input. */
export function kernelInput(
  { hardware }: ComputedProfile["roofline"],
  query: KernelQuery,
  name: string,
  value: number,
): ExplainedInput {
  const { measuredAs } = hardware;
  const found = kernelProvenance(measuredAs).find((figure) =>
    Object.entries(query).every(([key, wanted]) => figure[key as keyof KernelQuery] === wanted),
  );
  const origin = found?.origin ?? "measured";
  const isMeasured = origin === "measured";
  const source = `${query.kernel} of ${measuredAs}${isMeasured ? " (kernel tables of AIConfigurator)" : `, ${origin}`}`;
  return { name, value, kind: isMeasured && !borrowsKernels(hardware) ? "measured" : "borrowed", source };
}

/** A coefficient of power as an input. */
export function powerInput(hardware: HardwareFacts, name: "idle" | "memory" | "arithmetic"): ExplainedInput {
  const { source, quality, ...coefficients } = powerCoefficients(hardware);
  if (name === "idle")
    return assumedInput("idle_share", coefficients.idle, "what a GPU with a loaded server draws idle");
  const kind: InputKind = quality === "LOW" ? "borrowed" : "measured";
  return { name: `${name}_share`, value: coefficients[name], kind, source: `power: ${source}` };
}

/** Catalogs say in words what is assumed or borrowed. */
function kindOf(source: string): Pick<ExplainedInput, "kind" | "source"> {
  for (const [word, kind] of [
    ["assumption", "assumed"],
    ["borrowed", "borrowed"],
    ["given", "given"],
  ] as const) {
    if (source.toLowerCase().startsWith(word)) return { kind, source };
  }
  return { kind: "cited", source };
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
