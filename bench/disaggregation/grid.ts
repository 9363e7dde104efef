import type { Colocated, DisaggResult } from "../../host/planners/disagg.js";
import { askCell, type Cell } from "./cell.js";
import type { Ask } from "./questions.js";
import { HARDWARE, type HardwareSetting, LINKS, LOADS, type LoadSetting } from "./setting.js";

/** Replicas that do both. */
export type Together = Colocated["rows"][number];

/** All cells of a workload, and the least fleets without separate pools beside them. */
export interface LoadGrid {
  load: LoadSetting;
  cells: Cell[];
  /** By the hardware of both sides. */
  together: Map<HardwareSetting, Together | undefined>;
}

/** Asks for the grid of every workload. */
export async function askGrid(ask: Ask): Promise<LoadGrid[]> {
  return Promise.all(
    LOADS.map(async (load) => {
      const asked = HARDWARE.flatMap((hardware) => LINKS.map((link) => askCell(ask, load, hardware, link)));
      const cells = await Promise.all(asked);
      const together = new Map(HARDWARE.map((hardware) => [hardware, leastTogether(cells, hardware)]));
      return { load, cells, together };
    }),
  );
}

/** The least fleet without separate pools that the GPUs of either side make; what is capped costs as much and does less. */
function leastTogether(cells: readonly Cell[], { prefill, decode }: HardwareSetting): Together | undefined {
  let least: Together | undefined;
  for (const { hardware, together } of cells) {
    const isOf = hardware.prefill === prefill || hardware.prefill === decode;
    const one = isOf ? together?.cheapest : undefined;
    if (one && (least === undefined || one.cost_per_hr < least.cost_per_hr)) least = one;
  }
  return least;
}

/** Cost of the two pools as a share of that of the least fleet without; `undefined`: one of them cannot be. */
export function costRatio(grid: LoadGrid, { hardware, found }: Cell): number | undefined {
  const together = grid.together.get(hardware);
  return found.best && together ? found.best.cost_per_hr / together.cost_per_hr : undefined;
}

/** The cell of a grid. */
export function cellOf(grid: LoadGrid, hardwareName: string, linkName: string): Cell {
  return grid.cells.find(({ hardware, link }) => hardware.name === hardwareName && link.name === linkName)!;
}

/** The answer of a cell that has one. */
export function bestOf(found: DisaggResult): NonNullable<DisaggResult["best"]> {
  if (!found.best) throw new Error(`no pair of ${found.requests.name} keeps the objective: ${found.why_none}`);
  return found.best;
}
