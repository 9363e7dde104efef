import { type Fleet, resolveFleet } from "../specs/fleet.js";
import type { FleetSpec } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import { completeRouter, routerFields, ROUTERS } from "../specs/router-spec.js";
import type { Classify } from "./classify.js";
import type { PlanningRequests } from "./planning-requests.js";

/** Routers that can be compared: `model` where the labels of a trace name pools, `semantic` where there is a function that does. */
export const COMPARABLE_ROUTERS = ROUTERS;

/** A router that can be compared. */
export type ComparableRouter = (typeof ROUTERS)[number];

/** Those that are compared unless the caller says otherwise: the Python tool's. */
export const DEFAULT_COMPARED_ROUTERS = ["length", "compress_route", "random"] as const satisfies ComparableRouter[];

/** What a comparison is made with. */
export interface Compared {
  spec: FleetSpec;
  requests: PlanningRequests;
  classify?: Classify;
}

/**
 * The routers of a comparison, in order.
 *
 * @param wanted `all`: all that these requests and this fleet let be compared.
 * @throws InputError if one of them cannot be compared here, or is named twice.
 */
export function comparedRouters(wanted: readonly ComparableRouter[] | "all", compared: Compared): ComparableRouter[] {
  if (wanted === "all") return COMPARABLE_ROUTERS.filter((router) => whyNot(router, compared) === undefined);
  for (const [index, router] of wanted.entries()) {
    const reason = whyNot(router, compared);
    if (reason !== undefined) throw new InputError(`the router ${router} cannot be compared here: ${reason}.`);
    if (wanted.indexOf(router) < index) throw new InputError(`the router ${router} is named twice.`);
  }
  if (wanted.length === 0) throw new InputError("no router to compare: name at least one.");
  return [...wanted];
}

/** The fleet with a router in place of its own; its own keeps its parameters, others have their defaults. */
export function fleetWith(router: ComparableRouter, spec: FleetSpec): Fleet {
  if (spec.router.type === router) return resolveFleet(spec);
  return resolveFleet({ ...spec, router: completeRouter(routerFields(router), spec.pools) });
}

function whyNot(router: ComparableRouter, { spec, requests, classify }: Compared): string | undefined {
  if (router === "semantic") return classify ? undefined : "it needs a function that names pools (--classify)";
  return router === "model" ? whyNoLabels(spec, requests) : undefined;
}

function whyNoLabels({ pools }: FleetSpec, { name, content }: PlanningRequests): string | undefined {
  const labels = "held" in content ? content.held.labels.filter((label) => label !== "") : [];
  if (labels.length === 0) return `it goes by labels, and the requests of ${name} have none`;
  if (pools.some(({ id }) => labels.includes(id))) return undefined;
  return `it goes by labels, and none of ${name} (${labels.slice(0, 5).join(", ")}${labels.length > 5 ? ", ..." : ""}) is the id of a pool`;
}
