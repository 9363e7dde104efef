/** The workloads that come with the package: what they are, and their models. */
import { shown } from "../../specs/check.js";
import { InputError } from "../../specs/input-error.js";
import { cdfToModel, type Cdf } from "../cdf.js";
import type { WorkloadModel } from "../models.js";
import { cdfOf, type CdfData } from "./cdf-data.js";
import agentHeavy from "./data/agent_heavy.js";
import azureCode from "./data/azure-code.js";
import azureConv from "./data/azure-conv.js";
import azure from "./data/azure.js";
import lmsysMultiturn from "./data/lmsys_multiturn.js";
import lmsys from "./data/lmsys.js";
import mooncakeConversation from "./data/mooncake-conversation.js";
import { decodeJoint, type JointData } from "./joint.js";

/** What a built-in workload is and where it comes from. */
export interface BuiltinWorkload {
  name: string;
  /** `joint`: rate and (input, output) through time; `cdf`: total tokens alone, no rate. */
  kind: "joint" | "cdf";
  description: string;
  source: string;
  /** SPDX expression. */
  licence: string;
  /** Requests that the figures were made from. */
  samples: number;
  /** Joint: what was done to the source. */
  changes?: string;
  /** Joint: mean rate of the source, requests/s. */
  nativeRateRps?: number;
  /** Joint: time covered by the source, seconds; the model repeats after it. */
  periodS?: number;
}

const joint: readonly JointData[] = [azureConv, azureCode, mooncakeConversation];
const cdfs: readonly CdfData[] = [azure, lmsys, lmsysMultiturn, agentHeavy];

/** All built-in workloads, joint ones first. */
export const builtinWorkloads: readonly BuiltinWorkload[] = [
  ...joint.map(({ name, description, source, licence, changes, rows, periodS }): BuiltinWorkload => ({
    name,
    kind: "joint",
    description,
    source,
    licence,
    samples: rows,
    changes,
    nativeRateRps: rows / periodS,
    periodS,
  })),
  ...cdfs.map(({ name, description, source, licence, samples }): BuiltinWorkload => ({
    name,
    kind: "cdf",
    description,
    source,
    licence,
    samples,
  })),
];

const decoded = new Map<string, WorkloadModel>();

/**
 * The model of a built-in workload. Decoded when first asked for; the same object every time, not to be written to.
 *
 * @throws {@link InputError} if there is none of that name; the message lists those that there are
 */
export function getBuiltinWorkload(name: string): WorkloadModel {
  let model = decoded.get(name);
  if (!model) {
    model = decode(name);
    decoded.set(name, model);
  }
  return model;
}

/**
 * The points of a built-in CDF.
 *
 * @throws {@link InputError} if there is no CDF of that name; the message lists those that there are
 */
export function getBuiltinCdf(name: string): Cdf {
  const data = cdfs.find((cdf) => cdf.name === name);
  if (!data) throw new InputError(`workload ${shown(name)}: no such CDF; there are ${listNames(cdfs)}.`);
  return cdfOf(data);
}

function decode(name: string): WorkloadModel {
  const data = joint.find((workload) => workload.name === name);
  if (data) return decodeJoint(data);
  if (cdfs.some((cdf) => cdf.name === name)) return cdfToModel(getBuiltinCdf(name), name);
  throw new InputError(`workload ${shown(name)}: no such built-in; there are ${listNames(builtinWorkloads)}.`);
}

function listNames(workloads: readonly { name: string }[]): string {
  return workloads.map((workload) => workload.name).join(", ");
}
