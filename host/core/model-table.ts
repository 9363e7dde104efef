import * as C from "../../assembly/contract.js";
import type { AffineModel, IterationModel, TableModel } from "../profiles/iteration-model.js";
import type { CorePool } from "./run-spec.js";

/** The iteration models of all pools, as MODEL holds them, and where in it each pool's begins. */
export function modelTable(pools: readonly CorePool[]): { values: number[]; places: number[] } {
  const values: number[] = [];
  const places = pools.map(({ serving }) => {
    const place = values.length;
    if (serving) values.push(...modelValues(serving.model));
    return place;
  });
  return { values, places };
}

function modelValues(model: IterationModel): number[] {
  return model.type === "affine" ? affineValues(model) : tableValues(model);
}

function affineValues(model: AffineModel): number[] {
  const head = new Array<number>(C.MODEL_HEAD).fill(0);
  head[C.MODEL_TYPE] = C.MODEL_AFFINE;
  head[C.MODEL_KNOTS] = model.knots.length;
  head[C.MODEL_GRANULARITY] = model.tokenGranularity;
  head[C.MODEL_COMPUTE_PER_CONTEXT] = model.computePerContext;
  head[C.MODEL_COMPUTE_PER_WORK] = model.computePerWork;
  head[C.MODEL_MEMORY_PER_CONTEXT] = model.memoryPerContext;
  head[C.MODEL_MEMORY_PER_PROCESSED] = model.memoryPerProcessed;
  head[C.MODEL_OTHER_PER_SEQUENCE] = model.otherPerSequence;
  return [...head, ...model.knots.flatMap(({ tokens, compute, memory, other }) => [tokens, compute, memory, other])];
}

function tableValues({ decode, prefill, fixed }: TableModel): number[] {
  const head = new Array<number>(C.MODEL_HEAD).fill(0);
  head[C.MODEL_TYPE] = C.MODEL_TABLE;
  head[C.MODEL_DECODE_BATCHES] = decode.batch.length;
  head[C.MODEL_DECODE_CONTEXTS] = decode.context.length;
  head[C.MODEL_PREFILL_TOKENS] = prefill.tokens.length;
  head[C.MODEL_PREFILL_CONTEXTS] = prefill.context.length;
  head[C.MODEL_FIXED] = fixed;
  const decodes = [...decode.batch, ...decode.context, ...decode.seconds.flat()];
  return [...head, ...decodes, ...prefill.tokens, ...prefill.context, ...prefill.seconds.flat()];
}
