import { Command } from "commander";
import {
  DEFAULT_QUEUE_REPLICATIONS,
  defaultQueueRequests,
  MOST_CV2,
  MOST_SIMULATED_SERVERS,
  queue,
  type QueueOptions,
} from "../planners/queue.js";
import { queueReport } from "../reports/queue-report.js";
import { InputError } from "../specs/input-error.js";
import { NO_ANSWER } from "./exit-codes.js";
import { addOutputFlags, number, seedFlag, wholeNumber } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { showProgress } from "./progress.js";

interface Flags extends OutputOptions {
  servers: number;
  rate: number;
  service: number;
  cv2: number;
  percentile: number;
  sloWait?: number;
  simulate?: boolean;
  requests?: number;
  replications: number;
  seed: number;
}

const EXAMPLES = `
Poisson arrivals, one line of waiting, first come first served. Exact for exponential (--cv2 1) and constant
(--cv2 0) services; else an approximation for M/G/c whose measured errors are in docs/reference/queueing.md.

Examples:
  $ vllm-sr-sim queue --servers 16 --rate 12.8 --service 1
  $ vllm-sr-sim queue --servers 4 --rate 3.2 --service 1 --cv2 0 --json
  $ vllm-sr-sim queue --servers 2048 --rate 150 --service 13.3 --cv2 3.2 --slo-wait 0.5
  $ vllm-sr-sim queue --servers 64 --rate 57.6 --service 1 --cv2 4 --simulate

Exit codes: 0 answered, 1 the queue is unstable (more load than servers), 2 something that was given cannot be used.`;

/** `vllm-sr-sim queue`: how long requests wait in a queue, by formula. */
export function queueCommand(): Command {
  const command = new Command("queue")
    .description("Say how long requests wait for one of several servers, by queueing theory (M/G/c).")
    .requiredOption("--servers <n>", "servers: requests that are served at once", wholeNumber(1, 1e9))
    .requiredOption("--rate <rps>", "arrivals, requests/s", number({ above: 0 }))
    .requiredOption("--service <s>", "mean time of service, seconds", number({ above: 0 }))
    .option(
      "--cv2 <n>",
      "squared coefficient of variation of service: 0 constant, 1 exponential",
      number({ atLeast: 0, atMost: MOST_CV2 }),
      1,
    )
    .option(
      "--percentile <share>",
      "percentile of the wait that is told beside the P99, and for --slo-wait",
      number({ above: 0, below: 1 }),
      0.99,
    )
    .option(
      "--slo-wait <s>",
      "seconds that the wait must not exceed at that percentile: find the fewest servers that keep it",
      number({ atLeast: 0 }),
    )
    .option("--simulate", `also play the queue, up to ${MOST_SIMULATED_SERVERS} servers, and show the figures beside`)
    .option(
      "--requests <n>",
      `with --simulate: requests of each run (default: ${defaultQueueRequests(1)}, and at least 500 a server)`,
      wholeNumber(1000, 1e8),
    )
    .option("--replications <n>", "with --simulate: independent runs", wholeNumber(2, 1000), DEFAULT_QUEUE_REPLICATIONS)
    .addOption(seedFlag());
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(flags: Flags): Promise<void> {
  await checkOutput(flags, []);
  const { servers, rate, service, cv2, percentile, sloWait, requests, replications, seed } = flags;
  if (requests !== undefined && !flags.simulate) {
    throw new InputError("--requests says how long --simulate plays; it goes with --simulate.");
  }
  const progress = showProgress((requests ?? defaultQueueRequests(servers)) * replications);
  const options: QueueOptions = {
    servers,
    rateRps: rate,
    serviceS: service,
    cv2,
    percentile,
    ...(sloWait === undefined ? {} : { sloWaitS: sloWait }),
    ...(flags.simulate
      ? {
          simulate: {
            ...(requests === undefined ? {} : { requests }),
            replications,
            seed,
            onProgress: progress.update,
          },
        }
      : {}),
  };
  const result = await queue(options).finally(progress.stop);
  await deliver(result, flags, () => queueReport(result));
  if (result.status === "unstable") process.exitCode = NO_ANSWER;
}
