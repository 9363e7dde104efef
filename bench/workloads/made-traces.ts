import type { TraceOptions } from "../../host/workloads/traces/trace-source.js";

/** A trace made for the bench. */
export interface MadeTrace {
  name: string;
  isJson: boolean;
  options: TraceOptions;
  bytes: Uint8Array;
}

interface Request {
  arrivalS: number;
  input: number;
  output: number;
}

const PLAIN_COLUMNS = { columns: { arrival: "arrival", input: "input", output: "output" } };
const ROUTER_HEADER = "timestamp,prompt_tokens,generated_tokens,selected_model\n";
const START_MS = Date.UTC(2023, 10, 16, 18, 15, 46);

/** The same requests in each shape that the reader meets, one trace after the other so that only one is held. */
export function* madeTraces(rows: number): Generator<MadeTrace, void, undefined> {
  const make = (
    name: string,
    header: string,
    line: (request: Request, row: number) => string,
    options: TraceOptions = {},
  ) => {
    const lines = [header];
    for (const request of requests(rows)) lines.push(line(request, lines.length));
    return { name, isJson: header === "", options, bytes: new TextEncoder().encode(lines.join("")) };
  };
  yield make(
    "Azure",
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n",
    ({ arrivalS, input, output }) => `${stamp(arrivalS)},${input},${output}\r\n`,
  );
  yield make(
    "plain CSV",
    "arrival,input,output\n",
    ({ arrivalS, input, output }) => `${arrivalS.toFixed(6)},${input},${output}\n`,
    PLAIN_COLUMNS,
  );
  yield make(
    "quoted CSV",
    "arrival,input,output\n",
    ({ arrivalS, input, output }) => `"${arrivalS.toFixed(6)}","${input}","${output}"\n`,
    PLAIN_COLUMNS,
  );
  yield make("CSV with labels", ROUTER_HEADER, ({ arrivalS, input, output }, row) => {
    return `${arrivalS.toFixed(3)},${input},${output},llama-${row % 3 === 0 ? 70 : 8}b\n`;
  });
  yield make("JSONL", "", ({ arrivalS, input, output }, row) => {
    const model = row % 3 === 0 ? "llama70b" : "llama8b";
    return (
      `{"timestamp":${arrivalS.toFixed(3)},"prompt_tokens":${input},"generated_tokens":${output},` +
      `"selected_model":"${model}","complexity":"low","category":"prose"}\n`
    );
  });
}

/** About 50 requests/s; the same in every run. */
function* requests(rows: number): Generator<Request, void, undefined> {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let arrivalS = 0;
  for (let row = 0; row < rows; row++) {
    arrivalS += 0.04 * uniform();
    yield { arrivalS, input: 1 + Math.floor(uniform() * 4000), output: 1 + Math.floor(uniform() * 500) };
  }
}

function stamp(arrivalS: number): string {
  const second = Math.floor(arrivalS);
  const text = new Date(START_MS + second * 1000).toISOString();
  const micros = Math.floor((arrivalS - second) * 1e6);
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(micros).padStart(6, "0")}0`;
}
