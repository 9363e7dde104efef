import { table } from "./markdown.js";
import type { Section } from "./section.js";

/** The parts of the page in order. */
export interface Parts {
  inferencePerf: readonly Section[];
  llmServingSim: readonly Section[];
  limits: Section;
}

/** docs/validation.md. Nothing in it depends on the day or the machine. */
export function page({ inferencePerf, llmServingSim, limits }: Parts): string {
  const summary = [...inferencePerf, ...llmServingSim, limits].flatMap((section) => section.summary);
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
      LIMITS,
      limits.text,
    ].join("\n\n") + "\n"
  );
}

const INTRODUCTION = `# The iteration-level engine against measured vLLM

Every figure below is computed by \`npx tsx bench/validation/index.ts\` from the measured runs in \`VLLM_SR_SIM_DATA\` (default \`../shared/data\`, folder \`engine/\`); none is written by hand, and
running it again gives the same bytes. An error is (simulated - measured) / measured. What is fitted to a run is said with the run; everything else is predicted.`;

const MODEL = `## What the iteration model is made of

One recipe serves all runs. A model of an iteration is the sum of

- **matrix products** of the model's dimensions (q, k, v in one; output; gate and up in one; down; logits), from kernel times measured on the GPU along the number of tokens, in whole tiles of 128 rows beyond 128 tokens (NVIDIA, *Matrix Multiplication Background*);
- **decode attention**: its shortest measured time, and a slope over the context read, by least squares of relative errors at the measured points whose keys and values exceed twice the L2 cache. Points that fit into the cache are left out: an engine, which reads all layers in turn, never finds them there;
- **prefill attention**: a slope over the pairs of tokens;
- **what lies between**: norms, rotary embedding, cache writes, activation, counted in bytes read and written;
- **a sequence's share**: 4.417 us of scheduling (inference-sim's regression over other vLLM runs), and sampling, counted in bytes;
- **a fixed time**: launches, the scheduler, the step's synchronisation.

Kernel times are those of AIConfigurator (ai-dynamo/aiconfigurator, vLLM kernels; Apache-2.0). They know nothing of the runs below.`;

const INFERENCE_PERF = `## inference-perf: load sweeps on one H100

Llama-3.1-8B-Instruct, vLLM 0.11.0, one H100-80GB, max-num-seqs 128, max-model-len 512, stages of 60 s; kernel times of the H100. What the files need to be read right (from the sources of inference-perf):

- **Every request gets 64 output tokens** (\`output_len: 64\`, \`ignore_eos: true\`). The reported 62 are the answer's text tokenised again.
- **The reported TPOT is about half the truth**: that version stamps every line of the stream, and an event is a line and an empty one. 64 tokens and \`[DONE]\` are 130 lines, 129 gaps, so the true TPOT is 129/63 of the reported one. (E2E less TTFT agrees: it is 129.1 to 129.4 reported gaps in every stage.)
- **"Constant" load has exponential gaps**, stretched to end with the stage (\`ConstantLoadTimer\`); the simulation draws them so. Above saturation 440 requests are in flight: a closed loop of 440 users, who come as fast as the stage asks.
- **There are 100 distinct prompts** (10 system prompts by 10 users), sent in turn. With prefix caching all but the last block of every prompt is found after the first round: a prefill is 1 to 16 tokens, not 75.
- Prompt lengths follow the reported percentiles. KV memory never binds.
- Sampling follows the model's generation_config.json (temperature 0.6, top-p 0.9), which vLLM takes as its default: top-p sorts the whole vocabulary (172 bytes an entry, 8.7 us a sequence at 76 % of 3.35 TB/s).`;

const INFERENCE_PERF_MISSING = `### What is missing

- **Iterations of more than 256 tokens are 10 to 13 % too fast**, and that is the whole error of the setting without caching near and at saturation (compare the upper percentiles of its gaps, and its neighbour with caching, which never has such iterations and is right). With max-num-seqs 128
  vLLM captures CUDA graphs up to 256 tokens; beyond, kernels are launched one by one and the GPU waits between them. Kernel tables do not show these gaps, nor the clocks of a GPU under steady load, and stage 0 has no such iteration to fit them on.
- **Small batches are 5 to 8 % too slow**: the table's matrix products take 0.55 ms more at 16 tokens than at one; the measured engine shows less than half of that.
- **TTFT holds a floor outside the engine**: HTTP, tokenisation, the client. Stage 0 shows 22 ms, yet the TTFT of the next stages is *lower* although their iterations are longer: at one request a second each of the 44 workers' connections idles for 44 s, beyond the server's 5 s
  keep-alive, so each request of stage 0 seems to open a new one. The floor of 16.3 ms that inference-sim regressed on other runs fits the later stages. Under load the floor grows with the API server's work, which is not modelled (tail of TTFT at 92 requests/s).
- At the **edge** (asked for 98 % of what can be served) TTFT is all queue: a capacity 3 % too low turns 0.1 s into 0.6 s. No latency so near saturation can be trusted, in a simulation or a second run of the same server.`;

const LLM_SERVING_SIM = `## LLMServingSim: 300 requests replayed, RTX PRO 6000

vLLM 0.19.0, max_num_seqs 128, max_num_batched_tokens 2048, bf16, greedy; 300 ShareGPT-like requests in 29 s, an overload. Arrivals (\`queued_ts\`) and lengths are replayed exactly, and each request is compared with itself. **No kernel table of this GPU exists here**: those of the L40S are
carried over by the datasheets (362 to 503.8 bf16 TFLOP/s, 0.864 to 1.792 TB/s), each kernel at the share of its roofline that it reaches on the L40S. Fixed times are inference-sim's (126 us an iteration, 32.1 us a layer).`;

const LLM_SERVING_SIM_MISSING = `### What is missing

- The run does not name the GPU's edition. Its lone last request gets a token in about 10.9 ms (8B): 15 GB of weights in less than that need 1.4 TB/s, so the 1.792 TB/s of the Workstation Edition are assumed (the Server Edition's 1.597 would have to be used to nine tenths).
- vLLM 0.19 schedules asynchronously: a new request waits one iteration more before its first token than the engine here lets it. That shows in the shortest TTFTs (30 to 100 ms, off by up to one iteration), hence the mean size of the requests' TTFT errors; against queues of seconds it is nothing.
- For comparison, LLMServingSim itself, with kernels profiled on this GPU, reports on the same runs (mean TTFT, TPOT, E2E): 8B -4.0, -1.0, -1.8 %; 32B +1.3, +0.8, +1.0 % (bench/examples/RTXPRO6000/*/validation/summary.txt).`;

const LIMITS = `## Limits that are known exactly`;
