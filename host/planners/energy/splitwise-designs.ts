/** A server of eight GPUs, as Splitwise's designs are made of. */
export interface SplitwiseServer {
  /** Power that a rack of four of them is given, kW: only its ratios count. */
  rackKw: number;
  /** US dollars an hour for one GPU: only its ratios count. */
  costPerHr: number;
}

/**
 * What Splitwise compares servers by (Patel et al., "Splitwise: Efficient Generative LLM Inference Using Phase Splitting", ISCA 2024, arXiv:2311.18677); constants of the notebooks of its simulator
 * (github.com/Mutinifni/splitwise-sim). `h100-capped` has its GPUs capped to half of their power, 350 W, which leaves the server 70 % of its own.
 */
export const SPLITWISE_SERVERS = {
  a100: { rackKw: 24.8, costPerHr: 2.21 },
  h100: { rackKw: 44, costPerHr: 4.76 },
  "h100-capped": { rackKw: 30.8, costPerHr: 4.76 },
} as const satisfies Record<string, SplitwiseServer>;

/** A kind of server. */
export type SplitwiseServerName = keyof typeof SPLITWISE_SERVERS;

/** Power of a GPU of `h100-capped`, W. */
export const SPLITWISE_CAP_W = 350;

/** Servers of the two sides. */
export interface SplitwiseDesign {
  prompt: SplitwiseServerName;
  token: SplitwiseServerName;
}

/** Designs with two sides, by the names of the paper. */
export const SPLITWISE_DESIGNS = {
  "Splitwise-AA": { prompt: "a100", token: "a100" },
  "Splitwise-HH": { prompt: "h100", token: "h100" },
  "Splitwise-HA": { prompt: "h100", token: "a100" },
  "Splitwise-HHcap": { prompt: "h100", token: "h100-capped" },
} as const satisfies Record<string, SplitwiseDesign>;

/** H100 servers whose power, or cost, is the budget of the paper's comparisons. */
export const SPLITWISE_BUDGET_SERVERS = 40;

/** What servers are bought by. */
export type SplitwiseBudget = "power" | "cost";

/**
 * Token servers that a budget leaves beside some prompt servers: `floor(H (40 - h) / T)` beside h H100 servers.
 *
 * @param budgetServers H100 servers that the budget would buy.
 * @returns 0 where the prompt servers alone take more.
 */
export function splitwiseTokenServers(
  { prompt, token }: SplitwiseDesign,
  promptServers: number,
  { by, budgetServers = SPLITWISE_BUDGET_SERVERS }: { by: SplitwiseBudget; budgetServers?: number },
): number {
  const priceOf = (name: SplitwiseServerName) => SPLITWISE_SERVERS[name][by === "power" ? "rackKw" : "costPerHr"];
  const left = priceOf("h100") * budgetServers - priceOf(prompt) * promptServers;
  // 71.4 / 4.76 is 15, whatever doubles make of it.
  return Math.max(0, Math.floor(left / priceOf(token) + 1e-9));
}
