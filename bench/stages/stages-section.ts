import { FIGURE_PREEMPTIONS, FIGURE_TRANSFERS } from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import { playIterations } from "../iterations/play-iterations.js";
import { measure } from "../measure.js";
import { type SectionReport, timingRow } from "../report.js";
import { type ConfigurationsReport, measureConfigurations } from "./configurations.js";
import { staged, together } from "./scenario.js";

const REQUESTS = 200_000;
const REPETITIONS = 6;

const STAGED = staged("prefill, link, decode: pull, serial, fifo", REQUESTS);
const TOGETHER = together("as many replicas that do both", REQUESTS);

const OTHERS = [
  staged("push, serial", REQUESTS, { handover: "push" }),
  staged("push, layer by layer", REQUESTS, { handover: "push", mode: "layerwise" }),
  staged("reserve, layer by layer", REQUESTS, { handover: "reserve", mode: "layerwise" }),
  staged("shared links", REQUESTS, { sharing: "shared" }),
  staged("first token at the decode side", REQUESTS, { firstToken: "decode" }),
  staged("decode memory tight: grants wait", REQUESTS, {}, { kvBlocks: 1100 }),
  staged("decode memory tight, decodes kept", REQUESTS, { keepDecodes: true }, { kvBlocks: 1100 }),
  staged("slow link: 25 GbE a replica", REQUESTS, { linkBytesPerS: 0.8 * 3.125e9 }),
];

/** Requests a second of the core through three stages, next to replicas that do both. */
export async function stagesSection(core: Core): Promise<SectionReport> {
  const scenarios = [STAGED, TOGETHER, ...OTHERS];
  const figures = new Map(scenarios.map((scenario) => [scenario.name, playIterations(core, scenario).figures]));
  const timings = await measure(
    scenarios.map((scenario) => ({ name: scenario.name, run: () => playIterations(core, scenario).playMs })),
    REQUESTS,
    REPETITIONS,
  );
  const configurations = await measureConfigurations(core);
  const ns = (name: string) => timings.get(name)!.minNs;
  const perRequest = (name: string, field: number) => (figures.get(name)![field]! / REQUESTS).toFixed(2);
  return {
    name: "stages",
    about:
      `${REQUESTS.toLocaleString("en-US")} requests of Azure conversation at 20 a second through 3 replicas that prefill and 4 that decode, ` +
      "each of vLLM, 256 sequences; a prompt token is 128 KiB on a link of 40 GB/s a replica. Drawing is not timed. " +
      aboutConfigurations(configurations),
    columns: [
      "scenario",
      "requests/s",
      "ns a request, min",
      "median",
      "margin",
      "of the first",
      "transfers a request",
      "preemptions in prefill",
    ],
    rows: [
      ...[...timings].map(([name, timing]) => [
        ...timingRow(name, timing, ns(STAGED.name)),
        perRequest(name, FIGURE_TRANSFERS),
        perRequest(name, FIGURE_PREEMPTIONS),
      ]),
      [...timingRow("79 configurations, each to its end", configurations.timings.whole, ns(STAGED.name)), "-", "-"],
    ],
    targets: [
      {
        what: "million requests a second through three stages",
        value: 1000 / ns(STAGED.name),
        goal: { atLeast: 0.3 },
        unit: "M/s",
      },
      {
        what: `${configurations.configurations} configurations of two pools, broken off where they are lost, as the search plays them`,
        value: configurations.seconds.searched,
        goal: { atMost: 1 },
        unit: "s",
      },
      {
        what: `${configurations.configurations} configurations of two pools, each to its end`,
        value: configurations.seconds.whole,
        goal: { atMost: 1 },
        unit: "s",
      },
    ],
    skipped: [],
    raw: { requests: REQUESTS, timings: Object.fromEntries(timings), configurations },
  };
}

function aboutConfigurations({ requests, configurations, enough, p99Off }: ConfigurationsReport): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const { longRuns, longRequests, ttft, tpot } = p99Off;
  return (
    `${configurations} configurations, 1 to 8 replicas that prefill and 1 to 10 that decode, get ${requests.toLocaleString("en-US")} requests of Azure each, of which three quarters are measured; ` +
    `${enough} keep the limits. In ${longRuns} of these the P99 of TTFT is ${percent(ttft.median)} off that of ${longRequests.toLocaleString("en-US")} others in the median, at most ${percent(ttft.most)}; ` +
    `that of TPOT ${percent(tpot.median)}, at most ${percent(tpot.most)}.`
  );
}
