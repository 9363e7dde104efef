import { InputError } from "../../specs/input-error.js";
import { budgetsOf, ColocatedKind, COLOCATED_SCHEDULERS, type ColocatedScheduling } from "./colocated-kind.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { Colocated } from "./disagg-result.js";
import type { DisaggBudget, DisaggGoal } from "./disagg-options.js";
import { colocatedRow } from "./point-rows.js";
import { bestRate, confirmedRate } from "./rate-search.js";
import type { RoleKind } from "./role-kind.js";
import { designsOf, sizeDesigns, type SizedFleet } from "./size-fleets.js";

/** The answer that others are held against. */
export interface ComparedAnswer {
  /** By the goal; of a budget what of it is used. */
  measure: { goal: DisaggGoal; amount: number };
  goodputRps: number;
}

/** Fleets without separate pools: every kind of replica of either side, with both ways to mix prompts and decodes, and several sizes of chunk where none is given. */
function colocatedKinds(question: DisaggQuestion): {
  kinds: ColocatedKind[];
  refused: DisaggQuestion["refused"];
} {
  const kinds: ColocatedKind[] = [];
  const refused: DisaggQuestion["refused"] = [];
  const roles = new Map<string, RoleKind>();
  for (const kind of [...question.prefills, ...question.decodes]) {
    if (!roles.has(kind.option.name)) roles.set(kind.option.name, kind);
  }
  for (const kind of roles.values()) {
    for (const scheduling of Object.keys(COLOCATED_SCHEDULERS) as ColocatedScheduling[]) {
      try {
        for (const budget of budgetsOf(kind.option, scheduling))
          kinds.push(new ColocatedKind(kind, scheduling, question.maxCtx, question.nodes, budget));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused.push({ replica: `${kind.option.name}, ${scheduling}`, why: error.message });
      }
    }
  }
  return { kinds, refused };
}

/** The least fleet without separate pools by the goal, and what one that counts for as much as the answer bears. */
export async function compareColocated(
  question: DisaggQuestion,
  answer: ComparedAnswer | undefined,
): Promise<{ colocated: Colocated; refused: DisaggQuestion["refused"] }> {
  const { kinds, refused } = colocatedKinds(question);
  const { goal, budget } = question;
  const sized =
    goal === "goodput" ? undefined : await sizeDesigns(designsOf(question, kinds, { goal, nameOf: designOf }));
  const within = budget ?? (answer && budgetOf(answer));
  const most = question.maxPrefill + question.maxDecode;
  const fleets = within ? kinds.flatMap((kind) => fleetWithin(kind, within, most)) : [];
  const found = await bestRate(question, fleets);
  const rate = found && (await confirmedRate(question, found));
  const cheapest = sized?.best ? await rowOf(question, sized.best) : null;
  const same = rate ? colocatedRow(question, rate) : null;
  const costRatio =
    answer && sized?.best && goal !== "goodput"
      ? answer.measure.amount / sized.best.sizing.price(sized.best.counts)[0]!
      : null;
  const goodputRatio = answer && rate ? answer.goodputRps / rate.rateRps : null;
  const rows = [];
  for (const fleet of sized?.fleets ?? []) rows.push(await rowOf(question, fleet));
  return {
    colocated: {
      cheapest,
      rows,
      at_same_cost: same,
      cost_ratio: costRatio,
      goodput_ratio: goodputRatio,
      pays: whetherPays(
        goal === "goodput"
          ? { ratio: goodputRatio, isLessBetter: false, answer, other: same }
          : { ratio: costRatio, isLessBetter: true, answer, other: cheapest },
      ),
    },
    refused,
  };
}

function whetherPays(compared: {
  ratio: number | null;
  isLessBetter: boolean;
  answer: unknown;
  other: unknown;
}): boolean | null {
  const { ratio, isLessBetter, answer, other } = compared;
  if (ratio !== null) return isLessBetter ? ratio < 1 : ratio > 1;
  if (answer === undefined) return other === null ? null : false;
  return other === null ? true : null;
}

function designOf({ kind, scheduling }: ColocatedKind): string {
  return `${kind.gpu} ${scheduling}`;
}

async function rowOf(question: DisaggQuestion, { sizing, counts }: SizedFleet<ColocatedKind>) {
  const point = await sizing.play(counts);
  return colocatedRow(question, { kind: sizing.kind, counts, point, rateRps: question.rateRps });
}

function fleetWithin(kind: ColocatedKind, budget: DisaggBudget, most: number) {
  const replicas = Math.min(most, kind.mostWithin(budget));
  return replicas >= 1 ? [{ kind, counts: { prefill: replicas, decode: 1 } }] : [];
}

function budgetOf({ measure: { goal, amount } }: ComparedAnswer): DisaggBudget {
  return { cost: { costPerHr: amount }, power: { powerW: amount }, gpus: { gpus: amount } }[goal];
}
