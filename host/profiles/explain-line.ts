import type { ComputedProfile } from "./computed-profile.js";
import { servingInputs } from "./explain-memory.js";
import { explainPass } from "./explain-pass.js";
import { assumedInput, givenInput, hardwareInput, kernelInput, modelInput } from "./explain-sources.js";
import { fromStep, step, type ExplainedInput, type ExplainedStep } from "./explain-step.js";
import { BYTES } from "./kernel-times.js";
import { attentionShard } from "./model-shape.js";

/** From kernels to `W_s`, `H_s` and their parts: two passes without context, one with, and the line through them. */
export function explainLine(profile: ComputedProfile): ExplainedStep[] {
  const { roofline, serving, lineBatches } = profile;
  const laneOf = (batch: number) => batch / serving.pp;
  const few = explainPass(roofline, laneOf(lineBatches.few), "_few");
  const many = explainPass(roofline, laneOf(lineBatches.many), "_many");
  const perSequence = sequenceCost(profile);
  const fewS = iteration(profile, { batch: "few", pass: few.at(-1)!, perSequence });
  const manyS = iteration(profile, { batch: "many", pass: many.at(-1)!, perSequence });
  const perContext = [readCost(profile), arithmeticCost(profile)] as const;
  const fullS = fullIteration(profile, manyS, perContext);
  return [...few, ...many, perSequence, fewS, manyS, ...perContext, fullS, ...terms(profile, { fewS, manyS, fullS })];
}

/** What a sequence adds whatever its context. */
function sequenceCost({ roofline, iterationModel }: ComputedProfile): ExplainedStep {
  const { hardware, model, kernels, kvDtype, typicalContext, tp } = roofline;
  const inputs = [
    assumedInput("overhead_ms", roofline.overheadPerSequenceMs, "BLIS, fitted to vLLM on H100 (inference-sim)"),
  ];
  const figure = {
    key: "sequence_s",
    title: "what the engine does for a sequence in an iteration",
    unit: "s",
    value: iterationModel.otherPerSequence,
  };
  if (model.window === undefined) return step(figure, "overhead_ms / 1000", inputs);
  const seen = Math.min(model.window.tokens, typicalContext);
  return step(
    { ...figure, title: `${figure.title}, and what layers with a window read of it` },
    "overhead_ms / 1000 + kv_width * kv_number_bytes * windowed_layers * seen / (memory_bandwidth * bandwidth_share)",
    [
      ...inputs,
      modelInput(model, "kv_width", attentionShard(model, tp).kvWidth),
      givenInput("kv_number_bytes", BYTES[kvDtype], `bytes of a number of ${kvDtype}`),
      modelInput(model, "windowed_layers", model.window.layers),
      assumedInput("seen", seen, `the window of ${model.window.tokens}, or ${typicalContext} tokens if that is less`),
      hardwareInput(hardware, "memoryBandwidth"),
      attentionShareInput(roofline, kernels.attention.bandwidthShare),
    ],
  );
}

function attentionShareInput(roofline: ComputedProfile["roofline"], value: number): ExplainedInput {
  const query = { kernel: "decode attention", dtype: roofline.kvDtype, figure: "bandwidth share" } as const;
  return kernelInput(roofline, query, "bandwidth_share", value);
}

interface Iteration {
  batch: "few" | "many";
  pass: ExplainedStep;
  perSequence: ExplainedStep;
}

/** An iteration of a lane whose sequences have no context. */
function iteration(profile: ComputedProfile, { batch, pass, perSequence }: Iteration): ExplainedStep {
  const { lineBatches, iterationS } = profile;
  const sequences = lineBatches[batch];
  const window = windowInput(profile);
  return step(
    {
      key: `iteration_s_${batch}`,
      title: `an iteration of ${sequences} sequence${sequences === 1 ? "" : "s"} without context`,
      unit: "s",
      value: iterationS({ sequences, context: 0 }),
    },
    `${window ? `window_flops_s * ${batch} / pp + ` : ""}${pass.key} + sequence_s * ${batch} / pp`,
    [
      ...(window ? [window] : []),
      fromStep(pass),
      fromStep(perSequence),
      batchInput(batch, sequences),
      ...servingInputs(profile, ["pp"]),
    ],
  );
}

function batchInput(name: string, value: number): ExplainedInput {
  return { name, value, kind: "given", source: "the batch looked at" };
}

/** Arithmetic of a token in layers with a window. */
function windowInput({ iterationModel, roofline }: ComputedProfile): ExplainedInput | undefined {
  if (roofline.model.window === undefined) return undefined;
  const [first, second] = iterationModel.knots;
  const perToken = (second!.compute - first!.compute) / (second!.tokens - first!.tokens);
  return assumedInput("window_flops_s", perToken, "arithmetic of a token in layers with a window");
}

function readCost({ roofline, iterationModel }: ComputedProfile): ExplainedStep {
  const { hardware, model, tp, kernels, kvDtype } = roofline;
  return step(
    {
      key: "context_read_s",
      title: "reading a token of context, in layers that see everything",
      unit: "s",
      value: iterationModel.memoryPerContext,
    },
    "kv_width * kv_number_bytes * layers / (memory_bandwidth * bandwidth_share)",
    [
      modelInput(model, "kv_width", attentionShard(model, tp).kvWidth),
      givenInput("kv_number_bytes", BYTES[kvDtype], `bytes of a number of ${kvDtype}`),
      modelInput(model, "layers", model.layers - (model.window?.layers ?? 0)),
      hardwareInput(hardware, "memoryBandwidth"),
      attentionShareInput(roofline, kernels.attention.bandwidthShare),
    ],
  );
}

function arithmeticCost({ roofline, iterationModel }: ComputedProfile): ExplainedStep {
  const { hardware, model, tp, kernels, kvDtype } = roofline;
  const query = { kernel: "prefill attention", dtype: kvDtype, figure: "compute share" } as const;
  return step(
    {
      key: "context_flops_s",
      title: "arithmetic of a token of context, in layers that see everything",
      unit: "s",
      value: iterationModel.computePerContext,
    },
    "2 * read_width * layers / (peak_bf16_flops * compute_share)",
    [
      modelInput(model, "read_width", attentionShard(model, tp).readWidth),
      modelInput(model, "layers", model.layers - (model.window?.layers ?? 0)),
      { ...hardwareInput(hardware, "peakBf16Flops"), name: "peak_bf16_flops" },
      kernelInput(roofline, query, "compute_share", kernels.attention.computeShare),
    ],
  );
}

function fullIteration(
  profile: ComputedProfile,
  manyS: ExplainedStep,
  perContext: readonly [ExplainedStep, ExplainedStep],
): ExplainedStep {
  const { lineBatches, calibrationCtx, iterationS } = profile;
  const window = windowInput(profile);
  const arithmetic = "context_flops_s * many / pp * calibration_ctx";
  return step(
    {
      key: "iteration_s_full",
      title: `an iteration of ${lineBatches.many} sequences of ${calibrationCtx} tokens`,
      unit: "s",
      value: iterationS({ sequences: lineBatches.many, context: calibrationCtx }),
    },
    window
      ? `iteration_s_many - window_flops_s * many / pp + max(context_read_s * many / pp * calibration_ctx, window_flops_s * many / pp + ${arithmetic})`
      : `iteration_s_many + max(context_read_s * many / pp * calibration_ctx, ${arithmetic})`,
    [
      fromStep(manyS),
      ...(window ? [window] : []),
      ...perContext.map((cost) => fromStep(cost)),
      batchInput("many", lineBatches.many),
      ...servingInputs(profile, ["pp"]),
      givenInput("calibration_ctx", calibrationCtx),
    ],
  );
}

function terms(
  profile: ComputedProfile,
  { fewS, manyS, fullS }: Record<"fewS" | "manyS" | "fullS", ExplainedStep>,
): ExplainedStep[] {
  const { lineBatches, calibrationCtx, perSequenceS, perContextTokenS, W, H } = profile;
  const few = batchInput("few", lineBatches.few);
  const many = batchInput("many", lineBatches.many);
  const context = givenInput("calibration_ctx", calibrationCtx);
  const perSequence = step(
    { key: "per_sequence_s", title: "what a sequence adds", unit: "s", value: perSequenceS },
    "(iteration_s_many - iteration_s_few) / (many - few)",
    [fromStep(manyS), fromStep(fewS), many, few],
  );
  const perToken = step(
    { key: "per_context_token_s", title: "what a token of context adds", unit: "s", value: perContextTokenS },
    "(iteration_s_full - iteration_s_many) / (many * calibration_ctx)",
    [fromStep(fullS), fromStep(manyS), many, context],
  );
  const fixed = step(
    { key: "W_s", title: "iteration without any sequence", unit: "s", value: W },
    "iteration_s_few - per_sequence_s * few",
    [fromStep(fewS), fromStep(perSequence), few],
  );
  const each = step(
    { key: "H_s", title: `what a sequence of ${calibrationCtx} tokens adds`, unit: "s", value: H },
    "per_sequence_s + per_context_token_s * calibration_ctx",
    [fromStep(perSequence), fromStep(perToken), context],
  );
  return [perSequence, perToken, fixed, each];
}
