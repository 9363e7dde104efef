import type { ReplayResult } from "../../planners/replay.js";
import type { FreshCheck } from "../../planners/sizing/fresh-check.js";
import { checkFleet, type FleetInput } from "../../specs/fleet-spec.js";
import { resolveFleet } from "../../specs/fleet.js";
import { checkLine } from "../plan-report.js";
import { listBlock } from "./blocks.js";
import type { Pointer, Section } from "./page-spec.js";
import { runCharts } from "./run-charts.js";

/** What a recommended fleet was replayed with, and what came of it. */
export interface CheckedFleet {
  check: FreshCheck | null;
  /** There if curves were asked for; stands at `at` in the result. */
  check_run?: ReplayResult;
  fleet: FleetInput | null;
  at?: Pointer;
}

/** The replay of a recommended fleet: whether it holds, and its curves. Nothing where none was made. */
export function checkSection({ check, check_run: run, fleet, at = "/check_run" }: CheckedFleet): Section[] {
  if (!check) return [];
  const said = listBlock([checkLine(check)], check.holds ? "good" : "bad");
  if (!run || !fleet) return [{ title: "The answer, replayed", blocks: [said] }];
  const charts = runCharts({
    figures: run,
    pools: run.pools,
    fleet: resolveFleet(checkFleet(fleet)),
    engine: run.engine,
    at,
  });
  return [{ title: "The answer, replayed", blocks: [said, ...charts] }];
}
