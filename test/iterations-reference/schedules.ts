import type { HandSchedule } from "./hand-schedule.js";
import { BATCHING_SCHEDULES } from "./schedules-batching.js";
import { EDGE_SCHEDULES } from "./schedules-edges.js";
import { FLOW_SCHEDULES } from "./schedules-flow.js";
import { MEMORY_SCHEDULES } from "./schedules-memory.js";
import { PREFIX_SCHEDULES } from "./schedules-prefixes.js";

/** Schedules worked out by hand from the page, by name. */
export const SCHEDULES: Record<string, HandSchedule> = {
  ...BATCHING_SCHEDULES,
  ...MEMORY_SCHEDULES,
  ...FLOW_SCHEDULES,
  ...EDGE_SCHEDULES,
  ...PREFIX_SCHEDULES,
};
