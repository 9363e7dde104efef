import type { DisaggResult } from "../../host/planners/disagg.js";
import {
  SPLITWISE_BUDGET_SERVERS,
  SPLITWISE_CAP_W,
  SPLITWISE_DESIGNS,
  SPLITWISE_SERVERS,
  type SplitwiseBudget,
  type SplitwiseServerName,
} from "../../host/planners/energy/splitwise-designs.js";
import type { ReplicaOption } from "../../host/planners/sizing/replica-option.js";
import { table } from "../validation/markdown.js";
import { tenths, times } from "./formats.js";
import type { Ask, PairQuestion } from "./questions.js";
import { MODEL, SEED } from "./setting.js";

type DesignName = keyof typeof SPLITWISE_DESIGNS;
type Servers = readonly [prompt: number, token: number];

/** Servers of the two sides in the figures of the paper (Patel et al., ISCA 2024; its simulator's notebooks). */
const PUBLISHED: Record<SplitwiseBudget, Record<"azure-conv" | "azure-code", Record<DesignName, Servers>>> = {
  power: {
    "azure-conv": {
      "Splitwise-AA": [45, 25],
      "Splitwise-HH": [25, 15],
      "Splitwise-HA": [25, 26],
      "Splitwise-HHcap": [25, 21],
    },
    "azure-code": {
      "Splitwise-AA": [55, 15],
      "Splitwise-HH": [35, 5],
      "Splitwise-HA": [35, 8],
      "Splitwise-HHcap": [35, 7],
    },
  },
  cost: {
    "azure-conv": {
      "Splitwise-AA": [51, 35],
      "Splitwise-HH": [25, 15],
      "Splitwise-HA": [30, 21],
      "Splitwise-HHcap": [30, 10],
    },
    "azure-code": {
      "Splitwise-AA": [66, 20],
      "Splitwise-HH": [35, 5],
      "Splitwise-HA": [35, 10],
      "Splitwise-HHcap": [35, 7],
    },
  },
};

const WORKLOADS = ["azure-conv", "azure-code"] as const;
const BUDGETS = ["cost", "power"] as const;
const MOST = 90;
const HARDWARE: Record<SplitwiseServerName, { hardware: string; capW?: number }> = {
  a100: { hardware: "a100-sxm-80gb" },
  h100: { hardware: "h100-sxm" },
  "h100-capped": { hardware: "h100-sxm", capW: SPLITWISE_CAP_W },
};

interface Design {
  workload: (typeof WORKLOADS)[number];
  by: SplitwiseBudget;
  name: DesignName;
}

/** A design, its best numbers of servers, and those of the paper. */
interface JudgedDesign {
  design: Design;
  free: DisaggResult;
  published: DisaggResult;
}

/** Splitwise's designs at the budgets of the paper. */
export async function splitwiseSection(ask: Ask): Promise<string> {
  const designs = BUDGETS.flatMap((by) =>
    WORKLOADS.flatMap((workload) =>
      (Object.keys(SPLITWISE_DESIGNS) as DesignName[]).map((name) => ({ workload, by, name })),
    ),
  );
  const judged = await Promise.all(
    designs.map(async (design) => {
      const [free, published] = await Promise.all([ask(freeQuestion(design)), ask(publishedQuestion(design))]);
      return { design, free, published };
    }),
  );
  const { a100, h100, "h100-capped": capped } = SPLITWISE_SERVERS;
  const head = [
    "budget",
    "requests",
    "design",
    "prompt, token servers",
    "rate",
    "paper: servers",
    "rate",
    "best H100 without",
    "of it",
  ];
  return [
    "### Splitwise: designs at equal budgets",
    `Servers of eight GPUs, ${MODEL} on each, 8 x HDR where there is an A100 and 8 x NDR elsewhere; budgets of ${SPLITWISE_BUDGET_SERVERS} H100 servers by cost (${a100.costPerHr} and ${h100.costPerHr} $ for a GPU and hour) or power (${a100.rackKw}, ${h100.rackKw} and, capped, ${capped.rackKw} kW a rack); the nine slowdowns of the paper against a lone request on eight A100. Rates are the highest that keep all nine, requests/s; *paper* are its numbers of servers, as this model judges them.`,
    table(
      head,
      judged.map((one) => row(judged, one)),
    ),
    findings(judged),
  ].join("\n\n");
}

function row(judged: readonly JudgedDesign[], { design, free, published }: JudgedDesign): string[] {
  const { workload, by, name } = design;
  const h100 = withoutPools(judged, { workload, by, name: "Splitwise-HH" });
  const rate = free.best?.rate_rps;
  const [prompt, token] = PUBLISHED[by][workload][name];
  return [
    by,
    `\`${workload}\``,
    name,
    free.best ? `${free.best.n_prefill}, ${free.best.n_decode}` : "none",
    tenths(rate),
    `${prompt}, ${token}`,
    tenths(published.best?.rate_rps),
    tenths(h100),
    times(rate !== undefined && h100 !== undefined ? rate / h100 : undefined),
  ];
}

function ofDesign(judged: readonly JudgedDesign[], { workload, by, name }: Design): JudgedDesign {
  return judged.find(({ design }) => design.workload === workload && design.by === by && design.name === name)!;
}

/** The highest rate of the best servers that do both, of the GPUs of a design with one kind of them. */
function withoutPools(judged: readonly JudgedDesign[], design: Design): number | undefined {
  return ofDesign(judged, design).free.colocated?.at_same_cost?.rate_rps;
}

/** What the paper claims, of which design beside which servers that do both. */
const CLAIMS = [
  { by: "cost", name: "Splitwise-AA", beside: "Splitwise-HH", claimed: 1.4 },
  { by: "power", name: "Splitwise-AA", beside: "Splitwise-AA", claimed: 2.15 },
  { by: "power", name: "Splitwise-HA", beside: "Splitwise-HH", claimed: 1.18 },
] as const;

function findings(judged: readonly JudgedDesign[]): string {
  const workload = "azure-conv";
  const said = CLAIMS.map(({ by, name, beside, claimed }) => {
    const rate = ofDesign(judged, { workload, by, name }).free.best?.rate_rps;
    const base = withoutPools(judged, { workload, by, name: beside });
    const here = rate !== undefined && base !== undefined ? times(rate / base) : "none";
    return `${name} beside ${beside === "Splitwise-AA" ? "A100" : "H100"} at equal ${by}: ${times(claimed)} there, ${here} here`;
  });
  return (
    `- Throughput beside servers that do both, on conversation: ${said.join("; ")}.\n` +
    "- Not comparable figure by figure: the paper's servers that do both put whole prompts beside decodes at a penalty and know no chunks, where the better of chunked and prefill-first stands here; its models are Llama2-70B and BLOOM-176B as measured in 2023; and its simulator gives a decode iteration no price of context, and transfers no contention."
  );
}

function server(name: SplitwiseServerName, by: SplitwiseBudget): ReplicaOption {
  const { hardware, capW } = HARDWARE[name];
  return {
    name,
    replica: {
      iteration_model: { type: "roofline", hardware, model: MODEL, tp: 8 },
      serving: { max_num_batched_tokens: 2048 },
      cost_per_hr: priceOf(name, by),
      ...(capW === undefined ? {} : { power_cap_w: capW }),
    },
  };
}

/** What a GPU counts for: dollars; or kW, which the search takes for a price as well. */
function priceOf(name: SplitwiseServerName, by: SplitwiseBudget): number {
  const { costPerHr, rackKw } = SPLITWISE_SERVERS[name];
  return by === "cost" ? costPerHr : rackKw;
}

function freeQuestion({ workload, by, name }: Design): PairQuestion {
  const { prompt, token } = SPLITWISE_DESIGNS[name];
  const isAlike: boolean = (prompt as string) === token;
  return pairQuestion({ workload, by, name }, { maxPrefill: MOST, maxDecode: MOST }, isAlike);
}

/** The paper's numbers: as much as they come to, and no more of either side. */
function publishedQuestion(design: Design): PairQuestion {
  const [maxPrefill, maxDecode] = PUBLISHED[design.by][design.workload][design.name];
  return pairQuestion(design, { maxPrefill, maxDecode }, false);
}

function pairQuestion(
  { workload, by, name }: Design,
  most: { maxPrefill: number; maxDecode: number },
  comparesColocated: boolean,
): PairQuestion {
  const { prompt, token } = SPLITWISE_DESIGNS[name];
  const isFree = most.maxPrefill === MOST;
  const costPerHr = isFree
    ? 8 * SPLITWISE_BUDGET_SERVERS * priceOf("h100", by)
    : 8 * (most.maxPrefill * priceOf(prompt, by) + most.maxDecode * priceOf(token, by));
  return {
    kind: "pair",
    options: {
      workload,
      prefill: server(prompt, by),
      decode: server(token, by),
      budget: { costPerHr: costPerHr * (1 + 1e-9) },
      sloSlowdown: true,
      maxCtx: 16384,
      ...most,
      comparesColocated,
      handover: { link: { type: prompt === "a100" || token === "a100" ? "dgx-a100" : "dgx-h100" } },
      seed: SEED,
    },
  };
}
