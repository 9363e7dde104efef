import { sharedWidth } from "../specs/models/model-facts.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import type { GemmTimes } from "../specs/kernel-catalog.js";
import { assumedInput, hardwareInput, kernelInput, modelInput } from "./explain-sources.js";
import { fromStep, step, type ExplainedInput, type ExplainedStep } from "./explain-step.js";
import { expectedExperts } from "./expected-experts.js";
import { BYTES, expertsS, gemmS, peakFlops, shareAt, storedTypes } from "./kernel-times.js";
import {
  attentionShard,
  layerShards,
  weightsOf,
  type AttentionShard,
  type LayerShard,
  type Matrix,
} from "./model-shape.js";

const MS_PER_SECOND = 1000;

/** A pass of so many tokens over all layers, and what its steps are called. */
interface Pass {
  roofline: RooflineSpec;
  tokens: number;
  /** Ends the keys of its steps. */
  suffix: string;
}

/**
 * What a forward pass over `tokens` tokens takes without what its attention reads and computes, s: a step for every kind of kernel, and their sum as the last one. The same kernels, in the same
 * formulas, as {@link rooflineModel} adds up.
 */
export function explainPass(roofline: RooflineSpec, tokens: number, suffix: string): ExplainedStep[] {
  const pass = { roofline, tokens, suffix };
  const attention = attentionShard(roofline.model, roofline.tp);
  const lines = [
    ...layerShards(roofline.model, roofline.tp).flatMap((shard, index, all) =>
      layerLines(pass, { shard, attention }, all.length === 1 ? "" : `_${index + 1}`),
    ),
    head(pass),
    ...allReduce(pass),
    overhead(pass),
  ];
  const summed = lines.filter(({ unit }) => unit === "s");
  const total = step(
    {
      key: `pass_s${suffix}`,
      title: `a pass over ${tokensText(tokens)}, without the contexts`,
      unit: "s",
      value: summed.reduce((sum, { value }) => sum + value, 0),
    },
    summed.map(({ key }) => key).join(" + "),
    summed.map((line) => fromStep(line)),
  );
  return [...lines, total];
}

/** `1 token`, `192 tokens`. */
function tokensText(tokens: number): string {
  return `${tokens} token${tokens === 1 ? "" : "s"}`;
}

interface OneLayer {
  shard: LayerShard;
  attention: AttentionShard;
}

function layerLines(pass: Pass, layer: OneLayer, group: string): ExplainedStep[] {
  const { shard } = layer;
  return [
    ...shard.dense.map((matrix, index) => product(pass, shard, matrix, `product_${index + 1}_s${group}`)),
    ...(shard.router ? [router(pass, shard, group), ...experts(pass, shard, group)] : []),
    floors(pass, shard, group),
    smallKernels(pass, layer, group),
  ];
}

const PRODUCT =
  "layers * (floor_s + max(2 * tokens * inputs * outputs / (peak_flops * compute_share), " +
  "(inputs * outputs * weight_bytes + tokens * (inputs + outputs) * 2) / (memory_bandwidth * bandwidth_share)))";

function product(pass: Pass, shard: LayerShard, matrix: Matrix, key: string): ExplainedStep {
  const { roofline, tokens, suffix } = pass;
  const { hardware, kernels, dtype } = roofline;
  const dense = storedTypes(dtype).dense;
  const value = shard.layers * gemmS({ hardware, times: kernels.gemm, dtype: dense }, matrix, tokens);
  const title = `${shard.layers} layers: product with ${matrix.inputs} x ${matrix.outputs} weights of ${dense}`;
  return step({ key: key + suffix, title, unit: "s", value }, PRODUCT, [
    modelInput(roofline.model, "layers", shard.layers),
    ...productInputs(roofline, { times: kernels.gemm, dtype: dense, matrix, tokens }),
  ]);
}

function router(pass: Pass, shard: LayerShard, group: string): ExplainedStep {
  const { roofline, tokens, suffix } = pass;
  const { hardware, kernels, model } = roofline;
  const matrix = shard.router!;
  const value = shard.layers * gemmS({ hardware, times: kernels.bf16Gemm, dtype: "bf16" }, matrix, tokens);
  const title = `${shard.layers} layers: choice of experts, ${matrix.inputs} x ${matrix.outputs} weights of bf16`;
  return step({ key: `router_s${group}${suffix}`, title, unit: "s", value }, PRODUCT, [
    modelInput(model, "layers", shard.layers),
    ...productInputs(roofline, { times: kernels.bf16Gemm, dtype: "bf16", matrix, tokens }),
  ]);
}

interface Product {
  times: GemmTimes;
  dtype: RooflineSpec["dtype"];
  matrix: Matrix;
  tokens: number;
}

function productInputs(roofline: RooflineSpec, { times, dtype, matrix, tokens }: Product): ExplainedInput[] {
  const { hardware, model } = roofline;
  const query = { kernel: "matrix products", dtype: dtype === "fp8" ? "fp8" : "bf16" } as const;
  return [
    kernelInput(roofline, { ...query, figure: "floor" }, "floor_s", times.floorS),
    batchInput(tokens),
    modelInput(model, "inputs", matrix.inputs),
    modelInput(model, "outputs", matrix.outputs),
    peakInput(roofline, dtype),
    kernelInput(roofline, { ...query, figure: "compute share" }, "compute_share", shareAt(times.computeShare, tokens)),
    bytesInput("weight_bytes", dtype),
    hardwareInput(hardware, "memoryBandwidth"),
    kernelInput(roofline, { ...query, figure: "bandwidth share" }, "bandwidth_share", times.bandwidthShare),
  ];
}

function batchInput(tokens: number): ExplainedInput {
  return { name: "tokens", value: tokens, kind: "given", source: "the batch looked at" };
}

function bytesInput(name: string, dtype: RooflineSpec["dtype"]): ExplainedInput {
  return { name, value: BYTES[dtype], kind: "given", source: `bytes of a number of ${dtype}` };
}

function peakInput({ hardware }: RooflineSpec, dtype: RooflineSpec["dtype"]): ExplainedInput {
  const isFp8 = dtype === "fp8" && hardware.peakFp8Flops !== undefined;
  const input = hardwareInput(hardware, isFp8 ? "peakFp8Flops" : "peakBf16Flops");
  return { ...input, name: "peak_flops", value: peakFlops(hardware, dtype) };
}

function experts(pass: Pass, shard: LayerShard, group: string): ExplainedStep[] {
  const { roofline, tokens, suffix } = pass;
  const { hardware, model, kernels, dtype } = roofline;
  const type = storedTypes(dtype).experts;
  const { experts: count, topK } = model;
  const chosen = expectedExperts(count, topK, tokens);
  const chosenStep = step(
    {
      key: `chosen_experts${group}${suffix}`,
      title: `distinct experts that ${tokensText(tokens)} choose, if at random`,
      unit: "experts",
      value: chosen,
    },
    "experts * (1 - (1 - top_k / experts) ** tokens)",
    [modelInput(model, "experts", count), modelInput(model, "top_k", topK), batchInput(tokens)],
  );
  const matrices = shard.expert;
  const setting = { hardware, times: kernels.experts, dtype: type };
  const value = shard.layers * expertsS(setting, { experts: count, topK, matrices }, tokens);
  const query = { kernel: "experts", dtype: type } as const;
  const { times } = setting;
  const share = shareAt(times.computeShare, (tokens * topK) / chosen);
  const width = matrices.reduce((sum, { inputs, outputs }) => sum + inputs + outputs, 0);
  const expertsStep = step(
    {
      key: `experts_s${group}${suffix}`,
      title: `${shard.layers} layers: routed experts, weights of ${type}`,
      unit: "s",
      value,
    },
    "layers * (floor_s + max(2 * tokens * top_k * expert_weights / (peak_flops * compute_share), " +
      `(${chosenStep.key} * expert_weights * expert_bytes + tokens * top_k * expert_width * 2) / (memory_bandwidth * bandwidth_share)))`,
    [
      modelInput(model, "layers", shard.layers),
      kernelInput(roofline, { ...query, figure: "floor" }, "floor_s", times.floorS),
      batchInput(tokens),
      modelInput(model, "top_k", topK),
      modelInput(model, "expert_weights", weightsOf(matrices)),
      peakInput(roofline, type),
      kernelInput(roofline, { ...query, figure: "compute share" }, "compute_share", share),
      fromStep(chosenStep),
      bytesInput("expert_bytes", type),
      modelInput(model, "expert_width", width),
      hardwareInput(hardware, "memoryBandwidth"),
      kernelInput(roofline, { ...query, figure: "bandwidth share" }, "bandwidth_share", times.bandwidthShare),
    ],
  );
  return [chosenStep, expertsStep];
}

function floors(pass: Pass, shard: LayerShard, group: string): ExplainedStep {
  const { roofline, suffix } = pass;
  const { kernels, model, kvDtype } = roofline;
  return step(
    {
      key: `launches_s${group}${suffix}`,
      title: `${shard.layers} layers: launches of attention and of norms, rotations, activations`,
      unit: "s",
      value: shard.layers * (kernels.attention.floorS + kernels.smallKernelsS),
    },
    "layers * (attention_floor_s + small_kernels_s)",
    [
      modelInput(model, "layers", shard.layers),
      kernelInput(
        roofline,
        { kernel: "decode attention", dtype: kvDtype, figure: "floor" },
        "attention_floor_s",
        kernels.attention.floorS,
      ),
      kernelInput(roofline, { kernel: "small kernels of a layer" }, "small_kernels_s", kernels.smallKernelsS),
    ],
  );
}

function smallKernels(pass: Pass, { shard, attention }: OneLayer, group: string): ExplainedStep {
  const { roofline, tokens, suffix } = pass;
  const { hardware, model, tp, kernels } = roofline;
  const ffn = (shard.router ? sharedWidth(model) + model.topK * model.moeIntermediate : model.intermediate) / tp;
  const numbers = 8 * model.hidden + 2 * attention.queryWidth + 3 * attention.kvWidth + 3 * ffn;
  const share = kernels.bf16Gemm.bandwidthShare;
  return step(
    {
      key: `small_kernels_s${group}${suffix}`,
      title: `${shard.layers} layers: what norms, rotations, activations read and write`,
      unit: "s",
      value: (shard.layers * (tokens * numbers * BYTES.bf16)) / (hardware.memoryBandwidth * share),
    },
    "layers * tokens * (8 * hidden + 2 * query_width + 3 * kv_width + 3 * ffn_width) * 2 / (memory_bandwidth * bandwidth_share)",
    [
      modelInput(model, "layers", shard.layers),
      batchInput(tokens),
      modelInput(model, "hidden", model.hidden),
      modelInput(model, "query_width", attention.queryWidth),
      modelInput(model, "kv_width", attention.kvWidth),
      modelInput(model, "ffn_width", ffn),
      hardwareInput(hardware, "memoryBandwidth"),
      kernelInput(
        roofline,
        { kernel: "matrix products", dtype: "bf16", figure: "bandwidth share" },
        "bandwidth_share",
        share,
      ),
    ],
  );
}

function head({ roofline, suffix }: Pass): ExplainedStep {
  const { hardware, model, tp, kernels } = roofline;
  const matrix = { inputs: model.hidden, outputs: model.vocab / tp };
  return step(
    {
      key: `output_projection_s${suffix}`,
      title: `output projection, ${matrix.inputs} x ${matrix.outputs} weights of bf16, read once`,
      unit: "s",
      value: gemmS({ hardware, times: kernels.bf16Gemm, dtype: "bf16" }, matrix, 1),
    },
    PRODUCT.replace("layers * ", ""),
    productInputs(roofline, { times: kernels.bf16Gemm, dtype: "bf16", matrix, tokens: 1 }),
  );
}

/** None on one GPU. */
function allReduce({ roofline, tokens, suffix }: Pass): ExplainedStep[] {
  const { hardware, model, tp, kernels } = roofline;
  if (tp === 1) return [];
  const { latencyS, linkShare } = kernels.allReduce;
  const ring = ((2 * (tp - 1)) / tp) * ((tokens * model.hidden * BYTES.bf16) / (hardware.linkBandwidth * linkShare));
  return [
    step(
      {
        key: `all_reduce_s${suffix}`,
        title: `${2 * model.layers + 1} all-reduces of ${tokensText(tokens)} over ${tp} GPUs`,
        unit: "s",
        value: (2 * model.layers + 1) * (latencyS + ring),
      },
      "(2 * layers + 1) * (latency_s + 2 * (tp - 1) / tp * tokens * hidden * 2 / (link_bandwidth * link_share))",
      [
        modelInput(model, "layers", model.layers),
        kernelInput(roofline, { kernel: "all-reduce", figure: "latency" }, "latency_s", latencyS),
        { name: "tp", value: tp, kind: "given", source: "option of the profile" },
        batchInput(tokens),
        modelInput(model, "hidden", model.hidden),
        hardwareInput(hardware, "linkBandwidth"),
        kernelInput(roofline, { kernel: "all-reduce", figure: "link share" }, "link_share", linkShare),
      ],
    ),
  ];
}

function overhead({ roofline, suffix }: Pass): ExplainedStep {
  return step(
    {
      key: `engine_s${suffix}`,
      title: "the engine itself, an iteration",
      unit: "s",
      value: roofline.overheadMs / MS_PER_SECOND,
    },
    "overhead_ms / 1000",
    [assumedInput("overhead_ms", roofline.overheadMs, "BLIS, fitted to vLLM on H100 (inference-sim)")],
  );
}
