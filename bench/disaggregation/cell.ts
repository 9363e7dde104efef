import type { DisaggResult } from "../../host/planners/disagg.js";
import type { Ask, PairQuestion } from "./questions.js";
import { CHUNK_BUDGETS, PREFILL_BUDGETS, replicasOf } from "./replicas.js";
import {
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
}

/** The question of a cell. Over NVLink fleets whose replicas do both are sized as well: they know no link. */
export function questionOf(load: LoadSetting, hardware: HardwareSetting, link: LinkSetting): PairQuestion {
  const { workload, rateRps, ttftMs, tpotMs, maxCtx } = load;
  const comparesColocated = link === LINKS[0] && hardware.prefill === hardware.decode;
  return {
    kind: "pair",
    options: {
      workload,
      rateRps,
      sloTtftMs: ttftMs,
      sloTpotMs: tpotMs,
      maxCtx,
      prefill: replicasOf(hardware.prefill, PREFILL_BUDGETS),
      decode: replicasOf(hardware.decode, comparesColocated ? CHUNK_BUDGETS : CHUNK_BUDGETS.slice(0, 1)),
      handover: { link: linkOf(link, hardware) },
      maxPrefill: MOST_REPLICAS,
      maxDecode: MOST_REPLICAS,
      comparesColocated,
      explain: true,
      seed: SEED,
    },
  };
}

/** Asks for a cell. */
export async function askCell(
  ask: Ask,
  load: LoadSetting,
  hardware: HardwareSetting,
  link: LinkSetting,
): Promise<Cell> {
  return { load, hardware, link, found: await ask(questionOf(load, hardware, link)) };
}
