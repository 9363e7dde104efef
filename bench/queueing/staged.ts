import { meanInterval, student95 } from "../../host/core/intervals.js";
import type { Core } from "../../host/core/load.js";
import { fifoLinkWaitS, sharedLinkS } from "../../host/queueing/kv-transfer.js";
import { prefillTtft, prefillTtftPercentileS, saturationRps } from "../../host/queueing/prefill-phase.js";
import { playTtft, PREFILL_POINTS } from "../../test/theory/stages-forms.js";
import { ALONE_S, LINK_POINTS, MOMENTS, playTransfers } from "../../test/theory/stages-links.js";
import { ms, table } from "../validation/markdown.js";

/** As many as the tests play. */
const REPLICATIONS = 15;
/** Digits of a time in ms. */
const DIGITS = 3;

/** E[TTFT] and its P99 by formula, and as the core plays them, at every point that the tests hold them to. */
export function prefillTable(core: Core): string {
  const rows = PREFILL_POINTS.map(({ name, unit, pool, rho, seed }) => {
    const rateRps = rho * saturationRps(unit);
    const played = replicate((replication) => playTtft(core, pool, rateRps, { seed, replication }));
    const means = played.map(({ meanS }) => meanS);
    const p99s = played.map(({ p99S }) => p99S);
    const exact = prefillTtft(unit, rateRps).meanS;
    const p99 = prefillTtftPercentileS(unit, rateRps, 0.99);
    return [name, String(rho), ...compared(exact, means), standardErrors(exact, means), ...compared(p99, p99s)];
  });
  const head = ["prefill", "load", "mean TTFT, ms", "played", "standard errors off", "P99, ms", "played"];
  return table(head, rows);
}

/** Mean transfers over a contended link by formula, and as the core plays them. */
export function linkTable(core: Core): string {
  const rows = LINK_POINTS.flatMap((point) => {
    const rateRps = point.rho / MOMENTS.meanS;
    const inLine = replicate((replication) => playTransfers(core, { ...point, sharing: "fifo" }, replication));
    const atOnce = replicate((replication) => playTransfers(core, { ...point, sharing: "shared" }, replication));
    const row = (what: string, exact: number, means: readonly number[]) => {
      return [what, point.narrow, String(point.rho), ...compared(exact, means), standardErrors(exact, means)];
    };
    const ofAll = inLine.map(({ all }) => all);
    return [
      row("one after the other, all", MOMENTS.meanS + fifoLinkWaitS(rateRps, MOMENTS), ofAll),
      ...(["short", "long"] as const).map((kind) => {
        const exact = sharedLinkS(rateRps, MOMENTS.meanS, ALONE_S[kind]);
        const means = atOnce.map((figures) => figures[kind]);
        return row(`at once, ${kind} ones`, exact, means);
      }),
    ];
  });
  return table(["transfers", "narrow side", "load", "mean, ms", "played", "standard errors off"], rows);
}

function compared(exact: number, values: readonly number[]): [string, string] {
  const { mean, halfWidth } = meanInterval(values);
  return [ms(exact, DIGITS), `${ms(mean, DIGITS)} ± ${ms(halfWidth!, DIGITS)}`];
}

function standardErrors(exact: number, values: readonly number[]): string {
  const { mean, halfWidth } = meanInterval(values);
  return (((mean - exact) / halfWidth!) * student95(values.length - 1)).toFixed(2);
}

function replicate<Figures>(figures: (replication: number) => Figures): Figures[] {
  return Array.from({ length: REPLICATIONS }, (_, replication) => figures(replication));
}
