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
import { NONE, tenths, times } from "./formats.js";
import type { Ask, PairQuestion } from "./questions.js";
import { MODEL, SEED } from "./setting.js";

type DesignName = keyof typeof SPLITWISE_DESIGNS;
type Servers = readonly [prompt: number, token: number];

/** Servers of the two sides in the figures of the paper (Patel et al., ISCA 2024, section 6.3; its simulator's notebooks). */
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

/** Splitwise's designs at the budgets of the paper. */
export async function splitwiseSection(ask: Ask): Promise<string> {
  const designs = BUDGETS.flatMap((by) =>
    WORKLOADS.flatMap((workload) =>
      (Object.keys(SPLITWISE_DESIGNS) as DesignName[]).map((name) => ({ workload, by, name })),
    ),
  );
  const answers = await Promise.all(
    designs.map(async (design) => {
      const [free, published] = await Promise.all([ask(freeQuestion(design)), ask(publishedQuestion(design))]);
      return { design, free, published };
    }),
  );
  const baseline = (workload: string, by: string, name: DesignName) =>
    answers.find(({ design }) => design.workload === workload && design.by === by && design.name === name)!.free
      .colocated!.at_same_cost?.rate_rps;
  const rows = answers.map(({ design, free, published }) => {
    const { workload, by, name } = design;
    const h100 = baseline(workload, by, "Splitwise-HH");
    const rate = free.best?.rate_rps;
    const [prompt, token] = PUBLISHED[by][workload][name];
    return [
      by,
      workload,
      name,
      free.best ? `${free.best.n_prefill}, ${free.best.n_decode}` : "none",
      tenths(rate),
      `${prompt}, ${token}`,
      tenths(published.best?.rate_rps),
      tenths(h100),
      rate && h100 ? times(rate / h100) : NONE,
    ];
  });
  const ratio = (workload: "azure-conv" | "azure-code", by: SplitwiseBudget, name: DesignName, of: DesignName) => {
    const rate = answers.find(({ design }) => design.workload === workload && design.by === by && design.name === name)!
      .free.best?.rate_rps;
    const base = baseline(workload, by, of);
    return rate && base ? times(rate / base) : "none";
  };
  return [
    "### Splitwise: designs at equal budgets",
    `Servers of eight GPUs, ${MODEL} on each, 8 x HDR between A100s and 8 x NDR elsewhere; budgets of ${SPLITWISE_BUDGET_SERVERS} H100 servers by cost (2.21 and 4.76 $/GPU-h) or power (24.8, 44 and, capped, 30.8 kW a rack); the nine slowdowns of the paper against a lone request on eight A100. Highest rates of requests/s; *paper* are its numbers of servers, as this model judges them.`,
    table(
      [
        "budget",
        "requests",
        "design",
        "prompt, token servers",
        "rate",
        "paper: servers",
        "rate",
        "best H100 without",
        "of it",
      ],
      rows,
    ),
    `- The paper's claims: AA 1.4 times Baseline-H100 at equal cost, 2.15 times Baseline-A100 at equal power; HA 1.18 times Baseline-H100 at equal power. Here, on conversation: ${ratio("azure-conv", "cost", "Splitwise-AA", "Splitwise-HH")}, ${ratio("azure-conv", "power", "Splitwise-AA", "Splitwise-AA")} and ${ratio("azure-conv", "power", "Splitwise-HA", "Splitwise-HH")}.`,
    "- Not comparable: the paper's baselines put whole prompts beside decodes at a penalty, without chunks, and theirs is Llama2-70B and BLOOM-176B as measured in 2023; the best without here is the better of chunked and prefill-first on kernels twice as fast. Its simulator gives a decode iteration no price of context, and transfers no contention.",
  ].join("\n\n");
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
      handover: { link: { type: prompt === "a100" ? "dgx-a100" : "dgx-h100", sharing: "shared" } },
      seed: SEED,
    },
  };
}
