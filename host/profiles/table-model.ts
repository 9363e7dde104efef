import type { TableSpec } from "../specs/iteration-model-spec.js";
import type { TableModel } from "./iteration-model.js";

const MS_PER_SECOND = 1000;

/** The model `table` of a fleet file as the core computes it: docs/reference/iterations-engine.md, section Iteration models. */
export function tableModel({ decode, prefill, fixedMs }: TableSpec): TableModel {
  return {
    type: "table",
    decode: { batch: decode.batch, context: decode.context, seconds: inSeconds(decode.ms) },
    prefill: { tokens: prefill.tokens, context: prefill.context, seconds: inSeconds(prefill.ms) },
    fixed: fixedMs / MS_PER_SECOND,
  };
}

function inSeconds(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row) => row.map((ms) => ms / MS_PER_SECOND));
}
