import type { Colocated, DisaggResult } from "../../host/planners/disagg.js";
import type { Ask, PairQuestion, TogetherQuestion } from "./questions.js";
import { CHUNKS, DECODE_BUDGETS, PREFILL_BUDGETS, replicasOf } from "./replicas.js";
import {
  type GpuName,
  type HardwareSetting,
  linkOf,
  type LinkSetting,
  LINKS,
  type LoadSetting,
  MOST_REPLICAS,
  SEED,
} from "./setting.js";

/** A cell of the grid. */
export interface Cell {
  load: LoadSetting;
  hardware: HardwareSetting;
  link: LinkSetting;
  found: DisaggResult;
  /** The least fleets whose replicas do both, held against this cell. */
  together?: Colocated;
}

/** What all questions about a load have in common. */
function common({ workload, rateRps, ttftMs, tpotMs, maxCtx }: LoadSetting) {
  return {
    workload,
    rateRps,
    sloTtftMs: ttftMs,
    sloTpotMs: tpotMs,
    maxCtx,
    maxPrefill: MOST_REPLICAS,
    maxDecode: MOST_REPLICAS,
    seed: SEED,
  };
}

/** The question of a cell. */
export function pairQuestion(load: LoadSetting, hardware: HardwareSetting, link: LinkSetting): PairQuestion {
  return {
    kind: "pair",
    options: {
      ...common(load),
      prefill: replicasOf(hardware.prefill, PREFILL_BUDGETS),
      decode: replicasOf(hardware.decode, DECODE_BUDGETS),
      handover: { link: linkOf(link, hardware) },
      comparesColocated: false,
      explain: true,
    },
  };
}

/** Which replicas that do both are the least, with one of these chunks. */
export function togetherQuestion(
  load: LoadSetting,
  gpu: GpuName,
  { chunks, pair }: { chunks: readonly number[]; pair: TogetherQuestion["pair"] },
): TogetherQuestion {
  const replicas = replicasOf(gpu, chunks);
  return { kind: "together", options: { ...common(load), prefill: replicas, decode: replicas.slice(0, 1) }, pair };
}

/** Asks for a cell. Over NVLink, with one kind of GPU, fleets whose replicas do both are held against it: they know no link. */
export async function askCell(
  ask: Ask,
  load: LoadSetting,
  hardware: HardwareSetting,
  link: LinkSetting,
): Promise<Cell> {
  const found = await ask(pairQuestion(load, hardware, link));
  const cell = { load, hardware, link, found };
  if (link !== LINKS[0] || hardware.prefill !== hardware.decode) return cell;
  const { best } = found;
  const pair = best && { costPerHr: best.cost_per_hr, goodputRps: best.goodput_rps };
  return { ...cell, together: await ask(togetherQuestion(load, hardware.prefill, { chunks: CHUNKS, pair })) };
}
