import { Command } from "commander";
import { loadClassify } from "../planners/classify.js";
import { plannedRun, type PlanningRate, type PlanningRequests } from "../planners/planning-requests.js";
import {
  DEFAULT_SIMULATE_FLEET_REQUESTS,
  type PoolStream,
  simulateFleet,
  type SimulateFleetOptions,
} from "../planners/simulate-fleet.js";
import { simulateJson, simulatePage } from "../reports/html/simulate-page.js";
import { summaryReport } from "../reports/summary-report.js";
import { resolveFleet } from "../specs/fleet.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { pathBeside } from "../specs/path-beside.js";
import { readFleetFile } from "../specs/read-fleet-file.js";
import { addOutputFlags } from "./flags.js";
import { readStreams } from "./fleet-streams.js";
import { addHtmlFlag, checkHtml, deliverHtml, type HtmlOptions } from "./html-output.js";
import { checkOutput, deliver, type OutputOptions } from "./output.js";
import {
  addPlanningInput,
  openPlanningInputIfAny,
  planningFiles,
  type PlanningFlags,
  planningRate,
} from "./planning-input.js";
import { showProgress } from "./progress.js";
import { addSimulationFlags, type SimulationFlags, simulationOptions } from "./simulation-flags.js";

type Flags = PlanningFlags & SimulationFlags & OutputOptions & HtmlOptions;

const NOTES = `
Requests are drawn from the first of these that is there:
  1. --cdf, --workload or --trace: one stream for the whole fleet; the labels of a trace are those of the router model;
  2. workloads of the fleet file: a stream for each pool, independent of the others, of lam_frac of --lam and --n-req,
     labelled with the id of the pool. Paths of CDFs start from the folder of the fleet file, or else from here;
  3. lengths uniform up to max_ctx of the first pool, with a warning.

Examples:
  $ vllm-sr-sim simulate-fleet examples/models.json --lam 20
  $ vllm-sr-sim simulate-fleet examples/fleet.yaml --workload azure-conv --lam 20 --slo 300
  $ vllm-sr-sim simulate-fleet fleet.json --trace router_decisions.jsonl --lam 5
  $ vllm-sr-sim simulate-fleet fleet.json --cdf azure_cdf.json --lam 200 --n-req 100000 --out result.json

The JSON result has the keys of the Python tool's summary, and more beside them.`;

/** `vllm-sr-sim simulate-fleet`: the fleet of a file under one workload, or one for each pool. */
export function simulateFleetCommand(): Command {
  const command = new Command("simulate-fleet")
    .description("Simulate any fleet, described in a file, under a workload or a workload for each pool.")
    .argument("<fleet>", "fleet file, JSON or YAML");
  addSimulationFlags(command, DEFAULT_SIMULATE_FLEET_REQUESTS, "default: slo_ms of the fleet file, else 500");
  addPlanningInput(command);
  return addHtmlFlag(addOutputFlags(command.optionsGroup("Output:")))
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(fleetFile: string, flags: Flags): Promise<void> {
  const inputs = [fleetFile, ...planningFiles(flags)];
  await checkOutput(flags, inputs);
  await checkHtml(flags, inputs, { "--out": flags.out });
  const spec = await readFleetFile(fleetFile);
  const options: SimulateFleetOptions = {
    fleet: resolveFleet(spec),
    ...simulationOptions(flags),
    curves: flags.html !== undefined,
    ...(await requestsOf(spec, flags)),
    ...(await classifyOf(spec)),
  };
  const progress = showProgress(countOf(options) * flags.replications);
  const result = await simulateFleet({ ...options, onProgress: progress.update }).finally(progress.stop);
  await deliverHtml(flags, () => simulatePage(result, { fleetName: fleetFile }));
  await deliver(flags.html === undefined ? result.summary : simulateJson(result), flags, () => summaryReport(result));
}

/** Requests of a run. */
function countOf(options: SimulateFleetOptions): number {
  const { requests } = options;
  if ("opened" in options) return plannedRun(options.opened, requests, DEFAULT_SIMULATE_FLEET_REQUESTS).count;
  return requests ?? DEFAULT_SIMULATE_FLEET_REQUESTS;
}

type FleetRequests = PlanningRate & ({ opened: PlanningRequests } | { streams?: readonly PoolStream[] });

async function requestsOf(spec: FleetSpec, flags: Flags): Promise<FleetRequests> {
  const opened = await openPlanningInputIfAny(flags, flags);
  if (opened) return { opened };
  const rate = planningRate(flags);
  const streams = await readStreams(spec, (sentence) => process.stderr.write(`vllm-sr-sim: note: ${sentence}\n`));
  if (streams.length > 0) return { ...rate, streams };
  const { id, maxCtx } = spec.pools[0]!;
  process.stderr.write(
    `vllm-sr-sim: warning: neither --cdf, --workload nor --trace is given, and ${spec.file} has no workloads: requests are of 1 to ${maxCtx} ` +
      `tokens, all equally likely, the window of the first pool, ${id}; no real service looks like that.\n`,
  );
  return rate;
}

async function classifyOf({ router, file }: FleetSpec): Promise<Pick<SimulateFleetOptions, "classify">> {
  if (router.type !== "semantic" || router.classify === undefined) return {};
  return { classify: await loadClassify(pathBeside(file, router.classify)) };
}
