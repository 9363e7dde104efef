import { Command } from "commander";
import { loadClassify } from "../planners/classify.js";
import {
  DEFAULT_SIMULATE_FLEET_REQUESTS,
  simulateFleet,
  type SimulateFleetOptions,
} from "../planners/simulate-fleet.js";
import { summaryReport } from "../reports/summary-report.js";
import { resolveFleet } from "../specs/fleet.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { pathBeside } from "../specs/path-beside.js";
import { readFleetFile } from "../specs/read-fleet-file.js";
import { addOutputFlags } from "./flags.js";
import { readStreams } from "./fleet-streams.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import { showProgress } from "./progress.js";
import { addSimulationFlags, type SimulationFlags, simulationOptions } from "./simulation-flags.js";
import { addWorkloadFlags, readWorkloadIfAny, type WorkloadFlags } from "./workload-flags.js";

type Flags = WorkloadFlags & SimulationFlags & OutputOptions;

const NOTES = `
Requests are drawn from the first of these that is there:
  1. --cdf or --workload: one stream for the whole fleet;
  2. workloads of the fleet file: a stream for each pool, independent of the others, of lam_frac of --lam and --n-req,
     labelled with the id of the pool. Paths of CDFs start from the folder of the fleet file, or else from here;
  3. lengths uniform up to max_ctx of the first pool, with a warning.

Examples:
  $ vllm-sr-sim simulate-fleet examples/models.json --lam 20
  $ vllm-sr-sim simulate-fleet examples/fleet.yaml --workload azure-conv --lam 20 --slo 300
  $ vllm-sr-sim simulate-fleet fleet.json --cdf azure_cdf.json --lam 200 --n-req 100000 --out result.json

The JSON result has the keys of the Python tool's summary, and more beside them.`;

/** `vllm-sr-sim simulate-fleet`: the fleet of a file under one workload, or one for each pool. */
export function simulateFleetCommand(): Command {
  const command = new Command("simulate-fleet")
    .description("Simulate any fleet, described in a file, under a workload or a workload for each pool.")
    .argument("<fleet>", "fleet file, JSON or YAML");
  addWorkloadFlags(command);
  addSimulationFlags(command, DEFAULT_SIMULATE_FLEET_REQUESTS, "default: slo_ms of the fleet file, else 500");
  return addOutputFlags(command).addHelpText("after", NOTES).action(run);
}

async function run(fleetFile: string, flags: Flags): Promise<void> {
  await checkOutput(flags, [fleetFile, flags.cdf]);
  const spec = await readFleetFile(fleetFile);
  const options: SimulateFleetOptions = {
    fleet: resolveFleet(spec),
    ...simulationOptions(flags),
    ...(await requestsOf(spec, flags)),
    ...(await classifyOf(spec)),
  };
  const progress = showProgress(flags.nReq * flags.replications);
  const result = await simulateFleet({ ...options, onProgress: progress.update }).finally(progress.stop);
  await deliver(result.summary, flags, () => summaryReport(result));
}

async function requestsOf(spec: FleetSpec, flags: Flags): Promise<Pick<SimulateFleetOptions, "workload" | "streams">> {
  const workload = await readWorkloadIfAny(flags);
  if (workload) return { workload };
  const streams = await readStreams(spec, (sentence) => process.stderr.write(`vllm-sr-sim: note: ${sentence}\n`));
  if (streams.length > 0) return { streams };
  const { id, maxCtx } = spec.pools[0]!;
  process.stderr.write(
    `vllm-sr-sim: warning: neither --cdf nor --workload is given, and ${spec.file} has no workloads: requests are of 1 to ${maxCtx} ` +
      `tokens, all equally likely, the window of the first pool, ${id}; no real service looks like that.\n`,
  );
  return {};
}

async function classifyOf({ router, file }: FleetSpec): Promise<Pick<SimulateFleetOptions, "classify">> {
  if (router.type !== "semantic" || router.classify === undefined) return {};
  return { classify: await loadClassify(pathBeside(file, router.classify)) };
}
