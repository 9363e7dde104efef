/** The kinds of replica that the flags of `disagg` stand for, on each side. */
import type { Command } from "commander";
import type { ReplicaOption } from "../planners/sizing/replica-option.js";
import { InputError } from "../specs/input-error.js";
import { Replicas } from "./replicas.js";

/** What the flags of one side say. */
export interface RoleFlags {
  /** GPUs, or names of `--replica`. */
  gpus: readonly string[];
  tps?: readonly number[];
  pps?: readonly number[];
  /** W; `null`: none. */
  caps?: readonly (number | null)[];
}

/** One side: its name, and its flags. */
export interface Role {
  role: "prefill" | "decode";
  flags: RoleFlags;
}

/**
 * Every kind of replica that the flags of both sides stand for: each GPU at each size of its groups and with each cap. A side whose flag of GPUs is left out takes the one of `--replica`, where there is one.
 *
 * @throws InputError if a name is unknown, a GPU cannot hold the model, or a file is not used.
 */
export function kindsOfRoles(command: Command, replicas: Replicas, roles: readonly Role[]): ReplicaOption[][] {
  const names = roles.map(({ role, flags }) => namesOf(command, replicas, { role, flags }));
  const unused = replicas.ofFiles.find(({ name }) => !names.flat().includes(name));
  if (unused) {
    throw new InputError(`--replica ${unused.name} is not used: --gpu-prefill or --gpu-decode must name it.`);
  }
  return roles.map(({ role, flags }, index) =>
    names[index]!.flatMap((name) => capped(sizesOf(name, command, replicas, { role, flags }), flags.caps)),
  );
}

function namesOf(command: Command, { ofFiles }: Replicas, { role, flags }: Role): readonly string[] {
  const key = role === "prefill" ? "gpuPrefill" : "gpuDecode";
  if (command.getOptionValueSource(key) === "cli" || ofFiles.length === 0) return flags.gpus;
  if (ofFiles.length === 1) return [ofFiles[0]!.name];
  const names = ofFiles.map(({ name }) => name).join(", ");
  throw new InputError(`--gpu-${role} is missing; of --replica there are several: ${names}.`);
}

function sizesOf(name: string, command: Command, replicas: Replicas, { role, flags }: Role): ReplicaOption[] {
  const { settings, ofFiles } = replicas;
  const { tps, pps } = flags;
  const flag = `--gpu-${role}`;
  const ofFile = ofFiles.find((option) => option.name === name);
  if (tps === undefined && pps === undefined) return [ofFile ?? replicas.named(name, flag)];
  const given = tps === undefined ? `--pp-${role}` : `--tp-${role}`;
  if (ofFile) throw new InputError(`${given} has no meaning for ${name} of --replica, which says how it is cut.`);
  if (settings.model === undefined) throw new InputError(`${given} belongs to a model: --model must name one.`);
  return (pps ?? [1]).flatMap((pp) => {
    const serving = pp === 1 ? {} : { serving: { ...settings.serving, pp } };
    const own = new Replicas(command, { ...settings, ...(tps === undefined ? {} : { tps }), ...serving }, []);
    const options = tps === undefined ? [own.named(name, flag)] : own.allOf([name], flag);
    return pp === 1 ? options : options.map((option) => ({ ...option, name: `${option.name}/PP${pp}` }));
  });
}

function capped(options: readonly ReplicaOption[], caps: readonly (number | null)[] = [null]): ReplicaOption[] {
  return options.flatMap((option) =>
    caps.map((cap) =>
      cap === null ? option : { name: `${option.name}/${cap}W`, replica: { ...option.replica, power_cap_w: cap } },
    ),
  );
}
