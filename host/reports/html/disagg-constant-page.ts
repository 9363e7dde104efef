import type { DisaggConstantPoint, DisaggConstantResult } from "../../planners/disagg/constant-method.js";
import {
  AGGREGATED_FLEETS,
  DISAGG_CONSTANT_PAIRS,
  disaggConstantAnswer,
  disaggConstantWords,
} from "../disagg-constant-report.js";
import { count, given, millisecondsWithUnit, percent, significant } from "../quantities.js";
import { latencyFrontier, sentence, verdict, wordsBlock } from "./blocks.js";
import type { BarsChart, Block, FrontierChart, Page } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of a fleet that prefills and decodes apart. Its tone is never better than `unsure`: nothing was simulated. */
export function disaggConstantPage(result: DisaggConstantResult): Page {
  const { best, pareto, aggregated, requests, objective } = result;
  return {
    title: "Prefill and decode apart",
    subtitle:
      `${requests.name} at ${significant(requests.rate_rps)} requests/s, P99 of the first token within ${given(objective.ttft_ms)} ms, ` +
      `${given(objective.tpot_ms)} ms a token`,
    verdict: verdict(best ? "unsure" : "bad", sentence(disaggConstantAnswer(result))),
    result,
    fileName: "disagg.json",
    sections: [
      { blocks: [wordsBlock(disaggConstantWords(result))] },
      {
        title: "Pairs of pools",
        blocks: [
          ...(pareto.length > 1 ? [frontier(result)] : []),
          tableOf(DISAGG_CONSTANT_PAIRS, pareto, { isChosen: isBest(best) }),
        ],
      },
      ...(aggregated ? [{ title: "Beside one pool", blocks: onePool(result, aggregated) }] : []),
    ],
  };
}

/** The front repeats the pair: it is told by its figures. */
function isBest(best: DisaggConstantPoint | null): (point: DisaggConstantPoint) => boolean {
  return (point) => point.n_prefill === best?.n_prefill && point.n_decode === best.n_decode;
}

function frontier({ pareto, best, objective }: DisaggConstantResult): FrontierChart {
  return latencyFrontier({
    title: "Cost against latency",
    note: "Pairs that meet the limits, and of which no other is cheaper with no more GPUs. All are expectations: by the method constant, with waits by M/G/c.",
    cost: { label: "Cost", unit: "$/h" },
    objectiveMs: objective.ttft_ms,
    points: pareto.map((point) => ({
      label: `${count(point.n_prefill)} prefill + ${count(point.n_decode)} decode`,
      x: point.cost_per_hr,
      y: point.p99_ttft_ms,
      isFeasible: point.slo_met,
      isEstimate: true,
      isChosen: isBest(best)(point),
      details: [
        { label: "GPUs", text: count(point.total_gpus) },
        { label: "TPOT", text: millisecondsWithUnit(point.tpot_ms) },
        { label: "busy", text: `${percent(point.rho_prefill)} and ${percent(point.rho_decode)}` },
      ],
    })),
  });
}

function onePool({ best }: DisaggConstantResult, aggregated: NonNullable<DisaggConstantResult["aggregated"]>): Block[] {
  const pair = best ? [{ label: "the pair, expected", value: best.cost_per_hr, isChosen: true }] : [];
  const bars: BarsChart = {
    kind: "bars",
    title: "Cost",
    note: "Fleets whose replicas do both were sized by simulation, the pair was not: a small difference says nothing.",
    axis: { label: "$/h", format: "dollars" },
    bars: [
      ...pair,
      ...aggregated.map(({ replica, cost_per_hr }) => ({ label: `one pool of ${replica}`, value: cost_per_hr })),
    ],
  };
  return [bars, tableOf(AGGREGATED_FLEETS, aggregated)];
}
