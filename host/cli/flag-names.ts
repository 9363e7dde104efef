/** Mistakes in options of planners, told by the flags that set them. */
import type { Command } from "commander";
import { OptionError } from "../specs/option-error.js";

/** Flags of options of planners that are called otherwise, by the names of their values. */
const VALUE_OF: Readonly<Record<string, string>> = {
  sloMs: "slo",
  sloTtftMs: "sloTtft",
  sloTpotMs: "sloTpot",
  requests: "nSimReq",
  goal: "objective",
  nodeAvailability: "nodeAvail",
  pCompress: "pC",
  ratesRps: "lamRange",
  sloRangeMs: "sloRange",
  gpus: "nGpus",
  prefill: "gpuPrefill",
  decode: "gpuDecode",
  "handover.link.type": "link",
  "handover.link.bandwidth_GBps": "linkGbps",
  "handover.link.nics": "linkNics",
  "handover.link.efficiency": "linkEfficiency",
  "handover.link.latency_us": "linkLatencyUs",
  "handover.link.mode": "transfer",
  "handover.link.sharing": "linkSharing",
  "handover.link.handover": "handover",
  "handover.link.kv_bytes_per_token": "kvBytesPerToken",
  "handover.firstToken": "firstToken",
  "handover.spillPromptTokens": "spillPromptTokens",
  "handover.keepDecodes": "keepDecodes",
};

/** An action of a command, whose mistakes in options of a planner name the flags of the command. */
export function withFlagNames<Flags>(
  run: (flags: Flags, command: Command) => Promise<void>,
): (flags: Flags, command: Command) => Promise<void> {
  return async (flags, command) => {
    try {
      await run(flags, command);
    } catch (error) {
      throw error instanceof OptionError ? error.named((option) => flagOf(command, option)) : error;
    }
  };
}

function flagOf(command: Command, option: string): string {
  // The formulas of the Python tool call options as it does: b_short.
  const long = `--${option.replaceAll("_", "-")}`;
  const flag = (value: string | undefined) =>
    command.options.find((one) => one.attributeName() === value || one.long === long)?.long;
  return flag(option) ?? flag(VALUE_OF[option]) ?? option;
}
