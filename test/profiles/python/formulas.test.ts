/**
 * Every GPU x model x tp x type against the formulas of the tool's description, written down a second time: one flat row of factors a figure, as the description has
 * them, where the code goes by functions and types.
 */
import { describe, expect, it } from "vitest";
import { pythonProfile } from "../../../host/profiles/python/computed.js";
import { PYTHON_HARDWARE, type PythonHardware } from "../../../host/profiles/python/hardware.js";
import type { PythonModel } from "../../../host/profiles/python/model-shape.js";
import { PYTHON_MODELS } from "../../../host/profiles/python/models.js";
import { differences } from "./fixture.js";

const product = (...factors: number[]) => factors.reduce((a, b) => a * b, 1);

/** Time of a layer of experts for 8 tokens on an H100, ms: fp16, fp8, int4. */
const EXPERTS_MS: Record<string, [number, number, number]> = {
  "qwen3-235b-a22b": [0.48, 0.28, 0.234],
  "qwen3-30b-a3b": [0.24, 0.14, 0.117],
  "deepseek-v3": [1.34, 0.7, 0.48],
};

interface Setting {
  g: PythonHardware;
  m: PythonModel;
  tp: number;
  d: number;
}

function weights({ m }: Setting, experts: number): number {
  const d = Math.floor(m.hidden / m.heads);
  const dense = m.moeIntermediate === 0 ? m.intermediate : 0;
  return (
    product(m.vocab, m.hidden) +
    product(m.layers, 2, m.hidden, m.hidden) +
    product(m.layers, 2, m.hidden, m.kvHeads, d) +
    product(m.layers, 3, m.hidden, dense) +
    product(m.layers, 3, m.hidden, experts, m.moeIntermediate)
  );
}

function expected(setting: Setting) {
  const { g, m, tp, d } = setting;
  const bw = 0.8 * g.memoryBandwidth;
  const head = Math.floor(m.hidden / m.heads);
  const kv = product(2, m.layers, m.kvHeads, head, d);
  const bytes = product(weights(setting, m.experts), d, 1 / tp);
  const memory =
    Math.floor(0.9 * g.memoryBytes) - bytes - { 1: 0, 2: 358_612_992, 4: 411_041_792, 8: 411_041_792 }[tp]!;
  const column = [2, 1, 0.5].indexOf(d);
  const listed = EXPERTS_MS[m.name]?.[column];
  const layer =
    listed === undefined
      ? product(m.topK, 2, m.moeIntermediate, m.hidden, d, 1 / bw)
      : product(1e-3, listed, (3.35e12 / g.memoryBandwidth) ** 0.7);
  const attention = product(m.hidden, head * m.heads + 2 * head * m.kvHeads + m.hidden, d, m.layers, 1 / tp);
  const W = product(3e-6, m.layers) + (m.experts > 0 ? product(layer, m.layers) + attention / bw : bytes / bw);
  const H = product(2048, kv, 1 / bw, 1 / tp);
  const blocks = memory <= 0 ? 0 : Math.floor(memory / product(16, kv));
  const perBlock = Math.max(1, Math.floor(blocks / 256));
  const width = m.experts > 0 ? m.topK * m.moeIntermediate : m.intermediate;
  const flops =
    product(m.layers, 1 / tp, 512) *
    (product(4, m.hidden, head, m.heads + m.kvHeads) +
      product(4, m.heads, head, 256 + 300) +
      product(6, m.hidden, width));
  const peak = d < 2 && g.fp8Flops > 0 ? g.fp8Flops : g.fp16Flops;
  const slow = Math.max(flops / peak, W + product(H, 700 / 2048, perBlock));
  return {
    W,
    H,
    blocks,
    slots: perBlock,
    // 600 in, 100 out: two chunks of 512, half of the prompt behind each.
    service: 2 * slow + 100 * (W + product(H, 700 / 2048, perBlock)),
  };
}

describe.each(PYTHON_HARDWARE)("$name", (g) => {
  it.each(PYTHON_MODELS)("with $name", (m) => {
    const wrong: string[] = [];
    for (const tp of [1, 2, 4, 8]) {
      for (const d of [2, 1, 0.5]) {
        const profile = pythonProfile(g, m, { tp, dtypeBytes: d });
        const found = {
          W: profile.W,
          H: profile.H,
          blocks: profile.totalKvBlocks,
          slots: profile.slots(4096),
          service: profile.serviceS(600, 100, 4096),
        };
        wrong.push(...differences(found, expected({ g, m, tp, d }), `tp ${tp}, ${d} bytes`));
      }
    }
    expect(wrong).toEqual([]);
  });
});
