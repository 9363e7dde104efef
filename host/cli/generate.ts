import { once } from "node:events";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { Command } from "commander";
import { MAX_CV, MAX_RATE_RPS } from "../planners/draw-limits.js";
import { generate, type GeneratedSummary } from "../planners/generate.js";
import { count, duration } from "../reports/quantities.js";
import { InputError } from "../specs/input-error.js";
import { number, oneOf, seedFlag, wholeNumber } from "./flags.js";
import { writeWhole } from "./output.js";
import { showProgress } from "./progress.js";
import { type DrawFlags, requestOptions } from "./requests-input.js";
import { addWorkloadFlags, readWorkload, type WorkloadFlags } from "./workload-flags.js";

interface Flags extends WorkloadFlags, Pick<DrawFlags, "rate" | "arrivals" | "cv"> {
  n: number;
  seed: number;
  out: string;
  json?: boolean;
}

const DEFAULT_ROWS = 100_000;
/** What a double counts exactly is more than any disk holds. */
const MAX_ROWS = 1e12;

const EXAMPLES = `
The trace has the columns of Azure's files of 2023: TIMESTAMP,ContextTokens,GeneratedTokens. Any number of rows takes
the same memory. Read back by inspect or replay, it is the same requests.

Examples:
  $ vllm-sr-sim generate --workload azure-conv --n 1000000 --out conv.csv.gz
  $ vllm-sr-sim generate --workload azure --rate 50 --arrivals gamma --cv 3 --out bursty.csv
  $ vllm-sr-sim generate --cdf my_cdf.json --rate 20 --n 5000 | vllm-sr-sim inspect -`;

/** `vllm-sr-sim generate`: a trace of any length, drawn from a workload. */
export function generateCommand(): Command {
  const command = new Command("generate").description("Write a trace of any length, drawn from a workload.");
  return addWorkloadFlags(command)
    .option(
      "--rate <rps>",
      "mean arrival rate, requests/s (default: the workload's own; a CDF has none)",
      number({ above: 0, atMost: MAX_RATE_RPS }),
    )
    .option("--n <rows>", "requests to draw, a row each", wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option(
      "--arrivals <process>",
      "poisson (default), gamma or deterministic",
      oneOf(["poisson", "gamma", "deterministic"]),
    )
    .option(
      "--cv <cv>",
      "gamma: coefficient of variation of the gaps; 1 is Poisson, more is burstier",
      number({ atLeast: 0, atMost: MAX_CV }),
    )
    .addOption(seedFlag())
    .option("--out <file>", "file to write, gzip if its name ends in .gz; - is standard output", "-")
    .option("--json", "print what was written as JSON; needs --out")
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { out, json } = flags;
  if (json && out === "-") {
    throw new InputError("--json needs --out FILE: without it, standard output holds the trace.");
  }
  const workload = await readWorkload(flags);
  const { rateRps = workload.nativeRateRps, arrivals } = requestOptions({
    ...(flags.rate === undefined ? {} : { rate: flags.rate }),
    ...(flags.arrivals === undefined ? {} : { arrivals: flags.arrivals }),
    ...(flags.cv === undefined ? {} : { cv: flags.cv }),
  });
  if (rateRps === undefined)
    throw new InputError(`${workload.name} has no arrival rate of its own; --rate must give one.`);
  const progress = showProgress(flags.n);
  const trace = generate({
    workload,
    rateRps,
    requests: flags.n,
    seed: flags.seed,
    ...(arrivals === undefined ? {} : { process: arrivals }),
    onProgress: progress.update,
  });
  try {
    if (out === "-") return await writeStandardOutput(trace.bytes);
    await writeWhole(out, /\.gz$/i.test(out) ? zipped(trace.bytes) : trace.bytes);
  } finally {
    progress.stop();
  }
  const written = { file: out, ...trace.summary() };
  process.stdout.write(json ? JSON.stringify(written, null, 2) + "\n" : sentence(written));
}

function sentence({ file, rows, workload, span_s }: GeneratedSummary & { file: string }): string {
  return `${file}: ${count(rows)} requests of ${workload} over ${duration(span_s)}\n`;
}

async function writeStandardOutput(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of bytes) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

function zipped(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Errors of either side surface where the pieces are read.
  return pipeline(Readable.from(bytes), createGzip(), () => undefined);
}
