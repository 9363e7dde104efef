import { kvBlocksOf } from "../specs/pool-capacity.js";
import type { ComputedProfile } from "./computed-profile.js";
import { assumedInput, givenInput, hardwareInput, modelInput } from "./explain-sources.js";
import { fromStep, step, type ExplainedInput, type ExplainedStep } from "./explain-step.js";
import { BYTES, storedTypes } from "./kernel-times.js";
import {
  attentionShard,
  layerShards,
  layersReading,
  normWeights,
  vocabularyWeights,
  weightsOf,
  type LayerShard,
} from "./model-shape.js";
import { rooflineReplica } from "./roofline-replica.js";

/** From bytes of weights to KV blocks and slots. */
export function explainMemory(profile: ComputedProfile, contexts: readonly number[]): ExplainedStep[] {
  const weights = layerWeights(profile);
  const whole = allWeights(profile, weights);
  const kv = kvBytes(profile);
  const blocks = kvBlocks(profile, whole, kv);
  return [...weights, whole, kv, blocks, ...contexts.map((context) => slots(profile, blocks, context))];
}

/** Bytes of one layer of each kind on one GPU of a group. */
function layerWeights({ roofline }: ComputedProfile): ExplainedStep[] {
  const { model, tp, dtype } = roofline;
  const types = storedTypes(dtype);
  const absorbed = weightsOf(attentionShard(model, tp).expansion);
  return layerShards(model, tp).map((shard, index, all) => {
    const dense = weightsOf(shard.dense);
    const rest = normWeights(model) + (shard.router ? weightsOf([shard.router]) : 0) + absorbed;
    const expert = shard.router ? weightsOf(shard.expert) : 0;
    const inputs = [
      modelInput(model, "dense_weights", dense),
      givenInput("dense_bytes", BYTES[types.dense], `bytes of a number of ${types.dense}`),
      modelInput(model, "bf16_weights", rest),
      ...(shard.router
        ? [
            modelInput(model, "experts", model.experts),
            modelInput(model, "expert_weights", expert),
            givenInput("expert_bytes", BYTES[types.experts], `bytes of a number of ${types.experts}`),
          ]
        : []),
    ];
    const experts = shard.router ? " + experts * expert_weights * expert_bytes" : "";
    const value = dense * BYTES[types.dense] + model.experts * expert * BYTES[types.experts] + rest * BYTES.bf16;
    return step(
      { key: layerKey(index, all), title: layerTitle(shard, tp), unit: "bytes", value },
      `dense_weights * dense_bytes${experts} + bf16_weights * 2`,
      inputs,
    );
  });
}

function layerKey(index: number, all: readonly unknown[]): string {
  return all.length === 1 ? "layer_bytes" : `layer_bytes_${index + 1}`;
}

function layerTitle({ router }: LayerShard, tp: number): string {
  return `weights of a layer ${router ? "with experts " : ""}in one of ${tp} GPU${tp === 1 ? "" : "s"}`;
}

function allWeights({ roofline }: ComputedProfile, layers: readonly ExplainedStep[]): ExplainedStep {
  const { model, tp } = roofline;
  const shards = layerShards(model, tp);
  const counts = shards.map((shard, index) =>
    modelInput(model, shards.length === 1 ? "layers" : `layers_${index + 1}`, shard.layers),
  );
  const sum = layers.map(({ key }, index) => `${counts[index]!.name} * ${key}`).join(" + ");
  return step(
    {
      key: "weight_bytes",
      title: "weights in one GPU of a tensor-parallel group, all layers",
      unit: "bytes",
      value: rooflineReplica(roofline).weightBytesPerGpu,
    },
    `${sum} + (vocabulary_weights / tp + hidden) * 2`,
    [
      ...counts,
      ...layers.map((layer) => fromStep(layer)),
      modelInput(model, "vocabulary_weights", vocabularyWeights(model)),
      givenInput("tp", tp),
      modelInput(model, "hidden", model.hidden),
    ],
  );
}

function kvBytes({ roofline }: ComputedProfile): ExplainedStep {
  const { model, tp, kvDtype, typicalContext } = roofline;
  const { kvWidth } = attentionShard(model, tp);
  const layers = layersReading(model, typicalContext);
  return step(
    {
      key: "kv_bytes_per_token",
      title: "keys and values of a token in one GPU of a group, all layers",
      unit: "bytes",
      value: rooflineReplica(roofline).kvBytesPerToken / tp,
    },
    "kv_width * layers_reading * kv_number_bytes",
    [
      modelInput(model, "kv_width", kvWidth),
      model.window === undefined
        ? modelInput(model, "layers_reading", layers)
        : assumedInput("layers_reading", layers, `windows cover their share of ${typicalContext} tokens`),
      givenInput("kv_number_bytes", BYTES[kvDtype], `bytes of a number of ${kvDtype}`),
    ],
  );
}

function kvBlocks(profile: ComputedProfile, weights: ExplainedStep, kv: ExplainedStep): ExplainedStep {
  const { roofline, serving, totalKvBlocks } = profile;
  const { hardware, gpuMemoryUtilization } = roofline;
  const { kvBytesOfGpu, weightBytesPerGpu } = rooflineReplica(roofline);
  const activations = Math.round(gpuMemoryUtilization * hardware.memoryBytes - kvBytesOfGpu - weightBytesPerGpu);
  return step(
    { key: "total_kv_blks", title: "KV blocks of a replica", unit: "blocks", value: totalKvBlocks },
    "max(0, floor(((gpu_memory_utilization * memory_bytes - activation_bytes) * pp - weight_bytes) / (blk_size * kv_bytes_per_token)))",
    [
      givenInput("gpu_memory_utilization", gpuMemoryUtilization),
      hardwareInput(hardware, "memoryBytes"),
      assumedInput("activation_bytes", activations, "activations, CUDA graphs, runtime: vLLM measures 1 to 3 GiB"),
      ...servingInputs(profile, ["pp"]),
      fromStep(weights),
      givenInput("blk_size", serving.blockSize),
      fromStep(kv),
    ],
  );
}

/** Choices of serving by name. */
export function servingInputs({ serving }: ComputedProfile, names: readonly ("pp" | "maxNumSeqs")[]): ExplainedInput[] {
  return names.map((name) => givenInput(name === "pp" ? "pp" : "max_num_seqs", serving[name]));
}

function slots(profile: ComputedProfile, blocks: ExplainedStep, context: number): ExplainedStep {
  const { serving } = profile;
  const needed = kvBlocksOf(context, serving.blockSize);
  return step(
    {
      key: `n_slots_${context}`,
      title: `requests at once where the longest has ${context} tokens (${needed} blocks)`,
      unit: "requests",
      value: profile.slots(context),
    },
    "pp * min(max(1, floor(max_num_seqs / pp)), floor(floor(total_kv_blks / pp) / ceil(max_ctx / blk_size)))",
    [
      ...servingInputs(profile, ["pp", "maxNumSeqs"]),
      fromStep(blocks),
      givenInput("max_ctx", context),
      givenInput("blk_size", serving.blockSize),
    ],
  );
}
