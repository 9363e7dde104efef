/** The traces that the joint built-in workloads are derived from, and how each is cut in time. */
import type { BinLimits } from "./derive-lengths.js";
import type { JointData } from "./joint.js";

/** Requests of a trace. */
export interface TraceColumns {
  /** Seconds since the first request. */
  arrivalS: number[];
  input: number[];
  output: number[];
}

/** What to derive, from what, and how finely. */
export interface Derivation extends Pick<
  JointData,
  "name" | "description" | "source" | "licence" | "changes" | "periodS" | "category"
> {
  /** Trace file, relative to the data folder. */
  file: string;
  parse: (text: string) => TraceColumns;
  /** Block lengths of the levels of the rate, seconds, longest first; the last is the step of the profile. */
  rateLevelsS: readonly number[];
  /**
   * Length windows in a period: as short as the lengths change. On Azure conversation window means vary 46 times as much as
   * chance has it already at 60 s; on Mooncake 1.6 times at 60 s, 5 times at 300 s: a slow drift.
   */
  windows: number;
  bins: { input: BinLimits; output: BinLimits };
}

const AZURE_LEVELS_S = [300, 60, 10, 1] as const;

const INPUT: BinLimits = { share: 0.015, tailShare: 0.15, ratio: 1.25 };
const OUTPUT: BinLimits = { share: 0.025, tailShare: 0.15, ratio: 1.25 };

const AZURE_SOURCE =
  "Azure LLM inference traces 2023 (Patel et al., Splitwise, ISCA 2024), Azure/AzurePublicDataset @ b469a113cedc, ";

const AGGREGATED =
  "Aggregated: arrivals to a rate profile less its Poisson noise, token counts to frequencies of ranges per window of time";

export const derivations: readonly Derivation[] = [
  {
    name: "azure-conv",
    description: "Azure LLM conversation service, 2023: rate and lengths through 40 minutes, jointly",
    file: "azure-llm-2023/AzureLLMInferenceTrace_conv.first2400s.csv",
    source: `${AZURE_SOURCE}data/AzureLLMInferenceTrace_conv.csv, its first 2,400 s`,
    licence: "CC-BY-4.0",
    changes: AGGREGATED,
    periodS: 2400,
    category: "prose",
    parse: parseAzure,
    rateLevelsS: AZURE_LEVELS_S,
    windows: 40,
    bins: { input: INPUT, output: OUTPUT },
  },
  {
    name: "azure-code",
    description: "Azure LLM code service, 2023: bursts and silence, long inputs and short outputs, 57 minutes",
    file: "azure-llm-2023/AzureLLMInferenceTrace_code.csv",
    source: `${AZURE_SOURCE}data/AzureLLMInferenceTrace_code.csv`,
    licence: "CC-BY-4.0",
    changes: AGGREGATED,
    periodS: 3436,
    category: "code",
    parse: parseAzure,
    rateLevelsS: AZURE_LEVELS_S,
    windows: 57,
    bins: { input: INPUT, output: OUTPUT },
  },
  {
    // The stamps are ticks of 3 s (2.997 to 3.003 s), so nothing is known below: the profile's steps are five ticks. Steps of
    // one tick would be flat within the five: at 3 s the counts vary no more than Poisson counts around the 15 s rate.
    name: "mooncake-conversation",
    description:
      "Mooncake (Kimi) conversation service, 2024: long inputs, 59 minutes; 3 s ticks spread, prefixes not modelled",
    file: "mooncake/conversation_trace.jsonl",
    source:
      "Mooncake conversation trace (Qin et al., Mooncake, FAST 2025), kvcache-ai/Mooncake @ 3b5a59413395, " +
      "FAST25-release/traces/conversation_trace.jsonl",
    licence: "Apache-2.0",
    changes: AGGREGATED,
    periodS: 3540,
    category: "prose",
    parse: parseMooncake,
    rateLevelsS: [300, 60, 15],
    windows: 12,
    bins: { input: INPUT, output: OUTPUT },
  },
];

/** `TIMESTAMP,ContextTokens,GeneratedTokens`, stamps `YYYY-MM-DD HH:MM:SS.fffffff`. */
function parseAzure(text: string): TraceColumns {
  const columns: TraceColumns = { arrivalS: [], input: [], output: [] };
  const rows = text.split("\r\n").slice(1);
  const wholeSecond = (stamp: string) => Date.parse(`${stamp.slice(0, 10)}T${stamp.slice(11, 19)}Z`) / 1000;
  const base = wholeSecond(rows[0]!);
  for (const row of rows) {
    if (row === "") continue;
    const [stamp, input, output] = row.split(",");
    columns.arrivalS.push(wholeSecond(stamp!) - base + Number(stamp!.slice(19)));
    columns.input.push(Number(input));
    columns.output.push(Number(output));
  }
  const first = columns.arrivalS[0]!;
  columns.arrivalS = columns.arrivalS.map((arrival) => arrival - first);
  return columns;
}

const TICK_S = 3;

/** JSON lines; every request is put in the middle of the tick that it is stamped with. */
function parseMooncake(text: string): TraceColumns {
  const columns: TraceColumns = { arrivalS: [], input: [], output: [] };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const row = JSON.parse(line) as { timestamp: number; input_length: number; output_length: number };
    columns.arrivalS.push((Math.round(row.timestamp / 1000 / TICK_S) + 0.5) * TICK_S);
    columns.input.push(row.input_length);
    columns.output.push(row.output_length);
  }
  return columns;
}
