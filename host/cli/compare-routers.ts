import { Command } from "commander";
import {
  COMPARABLE_ROUTERS,
  type ComparableRouter,
  compareRouters,
  DEFAULT_COMPARE_REQUESTS,
  DEFAULT_COMPARED_ROUTERS,
} from "../planners/compare-routers.js";
import { DEFAULT_SLO_MS } from "../planners/replay.js";
import { routersReport } from "../reports/routers-report.js";
import { addOutputFlags, listOf, oneOf } from "./flags.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { showProgress } from "./progress.js";
import {
  addSimulationFlags,
  addTwoPoolFlags,
  type SimulationFlags,
  simulationOptions,
  type TwoPoolFleetFlags,
  twoPoolFlags,
} from "./simulation-flags.js";
import { addWorkloadFlags, readWorkload, type WorkloadFlags } from "./workload-flags.js";

interface Flags extends WorkloadFlags, SimulationFlags, TwoPoolFleetFlags, OutputOptions {
  routers?: ComparableRouter[];
}

const EXAMPLES = `
Every router meets the same requests: the same arrivals, the same lengths. compress_route has gamma 1.5; random and
round_robin choose among the pools that hold a request.

Examples:
  $ vllm-sr-sim compare-routers --workload azure --lam 200 --n-s 20 --n-l 45
  $ vllm-sr-sim compare-routers --cdf azure_cdf.json --n-s 50 --n-l 30 --b-short 6144 --out routers.json
  $ vllm-sr-sim compare-routers --workload azure --n-s 20 --n-l 20 --gpu-long h100 --routers length,spillover,least_loaded

The JSON result has the keys of the Python tool, and more beside them.`;

/** `vllm-sr-sim compare-routers`: the same requests through several routers. */
export function compareRoutersCommand(): Command {
  const command = new Command("compare-routers").description(
    "Play the same requests through several routers of one fleet of two pools, and compare.",
  );
  addWorkloadFlags(command);
  addTwoPoolFlags(command);
  addSimulationFlags(command, DEFAULT_COMPARE_REQUESTS);
  command.option(
    "--routers <names>",
    `routers between commas, of ${COMPARABLE_ROUTERS.join(", ")} (default: ${DEFAULT_COMPARED_ROUTERS.join(",")})`,
    listOf(oneOf(COMPARABLE_ROUTERS)),
  );
  return addOutputFlags(command).addHelpText("after", EXAMPLES).action(run);
}

async function run(flags: Flags): Promise<void> {
  await checkOutput(flags, [flags.cdf]);
  const workload = await readWorkload(flags);
  const { routers = [...DEFAULT_COMPARED_ROUTERS] } = flags;
  const progress = showProgress(flags.nReq * flags.replications * routers.length);
  const rows = await compareRouters({
    ...twoPoolFlags(flags),
    ...simulationOptions(flags),
    workload,
    routers,
    onProgress: progress.update,
  }).finally(progress.stop);
  const drawnFrom = `${workload.name} at ${flags.lam} requests/s`;
  await deliver(rows, flags, () => routersReport(rows, { drawnFrom, sloMs: flags.slo ?? DEFAULT_SLO_MS }));
}
