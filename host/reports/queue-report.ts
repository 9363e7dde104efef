import colours from "picocolors";
import type { QueueResult } from "../planners/queue.js";
import type { Measured } from "../planners/queue-simulation.js";
import { type Column, columnTable } from "./column-table.js";
import { paragraph } from "./paragraph.js";
import { count, duration, given, NONE, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

interface Row {
  figure: string;
  formula: string;
  approximate: string;
  played: string;
  interval: string;
}

/** A queue on a page of 100 columns. */
export function queueReport(result: QueueResult): string {
  const { queue, servers, arrival_rps, mean_service_s, cv2, rho } = result;
  const services =
    cv2 === 1 ? "exponential" : cv2 === 0 ? "constant" : `squared coefficient of variation ${given(cv2)}`;
  const head = line(
    "queue",
    `${colours.bold(queue)}: ${count(servers)} server${servers === 1 ? "" : "s"}, ${given(arrival_rps)} requests/s, services of ${duration(mean_service_s)} on average (${services}); load ${percent(rho)}`,
  );
  const body = result.status === "stable" ? [...table(result), "", ...line("figures", told(result))] : unstable(result);
  return [...head, "", ...body, ...objective(result), ...playedFrom(result)].join("\n");
}

function table(result: QueueResult): string[] {
  const { simulated, exact } = result;
  const columns: Column<Row>[] = [
    { title: "", cell: ({ figure }) => figure },
    { title: exact ? "exact" : "formula", cell: ({ formula }) => formula },
    ...(exact && result.cv2 !== 1 ? [{ title: "approximation", cell: ({ approximate }: Row) => approximate }] : []),
    ...(simulated
      ? [
          { title: "simulated", cell: ({ played }: Row) => played },
          { title: "95 % interval", cell: ({ interval }: Row) => interval },
        ]
      : []),
  ];
  return columnTable(columns, rows(result), WIDTH);
}

function rows(result: QueueResult): Row[] {
  const { simulated, percentile } = result;
  const row = (
    figure: string,
    value: number | null,
    show: (value: number) => string,
    measured?: Measured,
    approximate?: number | null,
  ): Row => ({
    figure,
    formula: value === null ? NONE : show(value),
    approximate: approximate == null ? NONE : show(approximate),
    played: measured ? show(measured.value) : NONE,
    interval: measured?.ci95 ? `${show(measured.ci95[0])} .. ${show(measured.ci95[1])}` : NONE,
  });
  const own = `wait ${percentileName(percentile)}`;
  return [
    row("share that waits", result.p_wait, share, simulated?.p_wait),
    row("mean wait", result.mean_wait_s, time, simulated?.mean_wait_s),
    row("wait P50", result.p50_wait_s, time),
    row("wait P90", result.p90_wait_s, time),
    row("wait P99", result.p99_wait_s, time, simulated?.p99_wait_s, result.p99_wait_approximate),
    row("wait P99.9", result.p999_wait_s, time),
    ...(percentile === 0.99 ? [] : [row(own, result.percentile_wait_s, time, simulated?.percentile_wait_s)]),
    row("waiting at a time", result.mean_waiting, tiny),
  ];
}

/** `P99`, `P99.9`. */
function percentileName(percentile: number): string {
  return `P${Number((100 * percentile).toPrecision(12))}`;
}

/** Below, a figure is given by its power of ten. */
const SMALL = 1e-6;

function tiny(value: number): string {
  return value > 0 && value < SMALL ? value.toExponential(1) : significant(value);
}

function share(value: number): string {
  return value > 0 && value < SMALL ? value.toExponential(1) : percent(value);
}

function time(s: number): string {
  return s > 0 && s < SMALL ? `${s.toExponential(1)} s` : duration(s);
}

function told({ exact, queue }: QueueResult): string {
  return exact
    ? `exact, in the steady state of ${queue}`
    : "the approximation for M/G/c of docs/reference/queueing.md, in the steady state; --simulate plays the queue beside it";
}

function unstable({ rho, least_servers }: QueueResult): string[] {
  return line(
    "unstable",
    `the load is ${percent(rho)}: the backlog grows for ever, and there is no steady state. ${count(least_servers)} servers are the fewest that keep up.`,
  );
}

function objective({ slo_wait_s, min_servers, percentile }: QueueResult): string[] {
  if (slo_wait_s === null) return [];
  const wanted = `${percentileName(percentile)} of the wait within ${duration(slo_wait_s)}`;
  return line(
    "objective",
    min_servers === null
      ? `${wanted}: no number of servers keeps it`
      : `${wanted}: from ${count(min_servers)} servers on`,
  );
}

function playedFrom({ simulated }: QueueResult): string[] {
  if (!simulated) return [];
  const { requests, warmup, replications, seed } = simulated;
  return line(
    "simulated",
    `${count(replications)} runs of ${count(requests)} requests, of which the first ${count(warmup)} do not count; seed ${seed}`,
  );
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
