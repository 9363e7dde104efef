import { table } from "./markdown.js";
import type { Section } from "./section.js";

/** The parts of the page in order. */
export interface Parts {
  inferencePerf: readonly Section[];
  llmServingSim: readonly Section[];
  cases: Section;
  limits: Section;
}

/** docs/validation.md. Nothing in it depends on the day or the machine. */
export function page({ inferencePerf, llmServingSim, cases, limits }: Parts): string {
  const summary = [...inferencePerf, ...llmServingSim, cases, limits].flatMap((section) => section.summary);
  return (
    [
      INTRODUCTION,
      table(["figure", "error", "aim"], summary),
      MODEL,
      INFERENCE_PERF,
      ...inferencePerf.map(({ text }) => text),
      INFERENCE_PERF_MISSING,
      LLM_SERVING_SIM,
      ...llmServingSim.map(({ text }) => text),
      LLM_SERVING_SIM_MISSING,
      CASES,
      cases.text,
      CASES_MISSING,
      LIMITS,
      limits.text,
    ].join("\n\n") + "\n"
  );
}

const INTRODUCTION = `# The iteration-level engine against measured vLLM

Every error below is computed by \`npm run validation\` from the measured runs in \`VLLM_SR_SIM_DATA\` (default \`../shared/data\`, folder \`engine/\`), which writes this page; running it again gives the same bytes. An error is (simulated - measured) / measured.

What is fitted to a run is said with the run; all other constants come from elsewhere. The *recipe* of the iteration model (next section) was settled with the sweeps and the replays in sight: tiles, the L2 threshold and the bytes of sampling came in because errors showed that something was missing. No constant was tuned to them. The servers of the last table were first simulated when it was settled, and stand as they came out.`;

const MODEL = `## What the iteration model is made of

One recipe serves all runs. A model of an iteration is the sum of

- **matrix products** of the model's dimensions (q, k, v in one; output; gate and up in one; down; logits), from kernel times measured on the GPU along the number of tokens, in whole tiles of 128 rows beyond 128 tokens (NVIDIA, *Matrix Multiplication Background*);
- **decode attention**: its shortest measured time, and a slope over the context read, by least squares of relative errors at the measured points whose keys and values exceed twice the L2 cache. Points that fit into the cache are left out: an engine, which reads all layers in turn, never finds them there;
- **prefill attention**: a slope over the pairs of tokens;
- **what lies between**: norms, rotary embedding, cache writes, activation, counted in bytes read and written;
- **a sequence's share**: 4.417 us of scheduling (inference-sim's regression over vLLM runs on H100), and sampling, counted in bytes;
- **a fixed time**: launches, the scheduler, the step's synchronisation. Fitted where a run has a stage of single requests; else inference-sim's 126 us and 32.1 us a layer;
- **all-reduces** under tensor parallelism, two a layer, from measured times.

Kernel times are those of AIConfigurator (ai-dynamo/aiconfigurator, vLLM kernels; Apache-2.0). They know nothing of the runs below. The code is \`bench/validation/kernel-model.ts\`, every sourced constant is in \`sourced-constants.ts\` beside it.`;

const INFERENCE_PERF = `## inference-perf: load sweeps on one H100

Llama-3.1-8B-Instruct, vLLM 0.11.0, one H100-80GB, max-num-seqs 128, max-model-len 512, stages of 60 s; kernel times of the H100. What it takes to read the files right (sources of inference-perf, demos/kubecon-na-2025):

- **Every request gets 64 output tokens** (\`output_len: 64\`, \`ignore_eos: true\`). The reported 62 or so are the text of the answer, tokenised again.
- **The reported TPOT is about half the truth**: that version stamps every line of the stream, and an event is a line and an empty one. 64 tokens and \`[DONE]\` are 130 lines, 129 gaps, so the true TPOT is 129/63 of the reported one; the reported E2E less TTFT agrees.
- **"Constant" load has exponential gaps**, stretched to end with the stage (\`ConstantLoadTimer\`); the simulation draws them so. Beyond saturation 440 requests are in flight (44 workers of 10): a closed loop of 440 users, who come as fast as the stage asks.
- **There are 100 distinct prompts** (10 system prompts by 10 users), sent in turn. With prefix caching all but the last block of a prompt is found after the first round: a prefill is 1 to 16 tokens, not the 64 and more of the question.
- Prompt lengths follow the reported percentiles. KV memory never binds.
- Sampling follows the model's generation_config.json (temperature 0.6, top-p 0.9), which vLLM takes as its default: top-p sorts the whole vocabulary.

A stage that asks for more than 95 % of the highest rate ever completed is at the *edge*, one that completes less than 95 % of what it asks is *saturated*. Two floors are added to the engine's TTFT in turn: what stage 0 leaves, and the 16.34 ms of inference-sim's regression (*literature*).`;

const INFERENCE_PERF_MISSING = `### What is missing

- **Iterations of more than 256 tokens are too fast**: see the upper percentiles of the gaps without caching. This is the error of that setting near and at saturation; its neighbour with caching has no such iterations, and no such error. With max-num-seqs 128 vLLM captures CUDA graphs up to 256 tokens
  (\`min(2 * max_num_seqs, 512)\`); beyond, kernels are launched one by one, and the GPU waits between them. Kernel tables show neither these gaps nor the clocks of a GPU under steady load, and stage 0 has no such iteration to fit them on. This is what keeps the saturation throughput of that setting from its aim.
- **Small batches are too slow**: the step from one to 16 tokens in the tables' matrix products is longer than the measured engine shows.
- **TTFT holds a floor outside the engine**: HTTP, tokenisation, the client. Stage 0 is no measure of it: the TTFT of the next stages is *lower*, though their iterations are longer. At one request a second each of the 44 workers sends every 44 s, beyond the server's keep-alive of 5 s, so each request of stage 0 probably opens a connection of its own. The
  floor from the literature fits the later stages. Near saturation the API server's own work grows, which is not modelled (tail of the TTFT of the last stage below saturation).
- **At the edge** TTFT is all queue, and a capacity wrong by a few per cent changes it by a multiple. No latency so near saturation can be trusted.`;

const LLM_SERVING_SIM = `## LLMServingSim: 300 requests replayed, RTX PRO 6000

vLLM 0.19.0, max_num_seqs 128, max_num_batched_tokens 2048, bf16, greedy; 300 ShareGPT-like requests in 29 s, an overload. Arrivals (\`queued_ts\`) and lengths are replayed exactly, and each request is compared with itself. **No kernel table of this GPU is at hand**: those of the L40S are
carried over by the datasheets (362 to 503.8 bf16 TFLOP/s, 0.864 to 1.792 TB/s), each kernel at the share of its roofline that it reaches on the L40S. KV memory never binds.`;

const LLM_SERVING_SIM_MISSING = `### What is missing

- The run does not name the edition of the GPU; the Workstation Edition's bandwidth is assumed. The run's own repository assumes 1.597 TB/s (Server Edition) elsewhere: with that, the errors are as stated under the first table.
- vLLM 0.19 schedules asynchronously: a new request waits for one iteration more before its first token than the engine here lets it. That shows in the shortest TTFTs, hence the mean size of the single requests' TTFT errors; against queues of seconds it is nothing.
- For comparison, LLMServingSim itself, with kernels profiled on this very GPU, reports for the same runs (mean TTFT, TPOT, E2E): 8B -4.0, -1.0, -1.8 %; 32B +1.3, +0.8, +1.0 % (its bench/examples/RTXPRO6000/*/validation/summary.txt).`;

const CASES = `## Servers on H100: nothing fitted

vLLM 0.15.1, prefix caching and chunked prefill, one set of constants for all, nothing fitted to any: kernel times of the H100, fixed times and the floor of TTFT from inference-sim, vLLM's own all-reduce. Means over a stage of 600 or 1200 s; E2E and TTFT with the floor. B is max_num_batched_tokens. TPOT is (E2E - TTFT) / (output - 1) of
the reported means. Prompts are 4 % longer than asked (they tokenise 3 to 5 % longer), gaps are exponential as above, and a server's prompts come in turn. inference-sim's regression saw about half of these cases, so its constants are not wholly blind here.`;

const CASES_MISSING = `The errors of TPOT are nearly all positive: the simulation is too slow at small batches, as in the sweep with caching. What is believed: vLLM 0.15 schedules asynchronously, so a part of the fixed time is hidden behind the GPU, and the tables' products at 4 to 64 tokens are slower than the engine's. On its full set of 38 cases, of which these are a part, inference-sim reports a
median size of errors of 6.8 % (E2E), 6.5 % (ITL) and 18.9 % (TTFT), after regression.`;

const LIMITS = `## Limits that are known exactly`;
