import * as C from "../../assembly/contract.js";
import type { CoreExports } from "../../host/core/exports.js";

/** Everything that a host can write into the tables of a run, as it stands in them. */
export interface Tables {
  run: number[];
  pools: number[][];
  labelPool: number[];
  profile: number[];
  windowCell: number[];
  /** Cumulative weight, lowest and highest input, lowest and highest output. */
  cells: [number, number, number, number, number][];
  categoryWeight: number[];
  /** Iteration models of the pools. */
  model: number[];
  /** Where the block ids of the first requests begin, and the ids; no ids: requests bear none. */
  blockOffset: number[];
  blockIds: number[];
}

/** What came of a run: the ERROR_ code that ended it, or 0 and its totals. */
export interface Ending {
  error: number;
  figures: number[];
}

/** Requests that are drawn and played where the tables are accepted. */
export const REQUESTS = 300;

/** Runs the core on tables that may hold anything: draws requests, overwrites their labels, plays them and finishes. */
export function runOnTables(core: CoreExports, tables: Tables): Ending {
  const { run, pools, labelPool, profile, windowCell, cells, categoryWeight, model, blockOffset, blockIds } = tables;
  const f64 = (id: number, values: readonly number[]) => {
    new Float64Array(core.memory.buffer, core.bufferAddress(id), values.length).set(values);
  };
  const u32 = (id: number, values: readonly number[]) => {
    new Uint32Array(core.memory.buffer, core.bufferAddress(id), values.length).set(values);
  };
  core.open(
    pools.length,
    cells.length,
    windowCell.length - 1,
    profile.length,
    labelPool.length,
    model.length,
    blockIds.length,
  );
  f64(C.BUFFER_RUN, run);
  f64(C.BUFFER_POOLS, pools.flat());
  new Int32Array(core.memory.buffer, core.bufferAddress(C.BUFFER_LABEL_POOL), labelPool.length).set(labelPool);
  f64(C.BUFFER_PROFILE, profile);
  u32(C.BUFFER_WINDOW_CELL, windowCell);
  f64(
    C.BUFFER_CELL_WEIGHT,
    cells.map(([weight]) => weight),
  );
  const bounds = [
    C.BUFFER_CELL_INPUT_LOW,
    C.BUFFER_CELL_INPUT_HIGH,
    C.BUFFER_CELL_OUTPUT_LOW,
    C.BUFFER_CELL_OUTPUT_HIGH,
  ];
  bounds.forEach((id, i) =>
    u32(
      id,
      cells.map((cell) => cell[i + 1]!),
    ),
  );
  f64(C.BUFFER_CATEGORY_WEIGHT, categoryWeight);
  f64(C.BUFFER_MODEL, model);
  const calls = [
    () => core.start(),
    () => core.generate(REQUESTS),
    () => {
      const labels = new Uint16Array(core.memory.buffer, core.bufferAddress(C.BUFFER_LABEL), REQUESTS);
      labels.forEach((_, i) => (labels[i] = labelPool.length > 0 ? i % labelPool.length : 0));
      if (blockIds.length > 0) {
        u32(C.BUFFER_BLOCK_OFFSET, blockOffset);
        u32(C.BUFFER_BLOCK_ID, blockIds);
      }
      return core.run(REQUESTS);
    },
    () => core.finish(),
  ];
  for (const call of calls) {
    const error = call();
    if (error !== C.ERROR_NONE) return { error, figures: [] };
  }
  const length = (pools.length + 1) * C.FIGURE_FIELDS;
  return {
    error: C.ERROR_NONE,
    figures: [...new Float64Array(core.memory.buffer, core.bufferAddress(C.BUFFER_FIGURES), length)],
  };
}
