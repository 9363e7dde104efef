import { DEFAULT_SAFE_CATEGORIES } from "../../specs/router-spec.js";
import type { PlanningRequests } from "../planning-requests.js";

/** Share of requests whose category lets the router compress_route shorten them; requests without a category are left as they are. */
export function safeShareOf({ content }: PlanningRequests): number {
  const isSafe = (name: string) => (DEFAULT_SAFE_CATEGORIES as readonly string[]).includes(name);
  if ("model" in content) {
    const categories = content.model.categories ?? [];
    return categories.reduce((sum, { name, probability }) => sum + (isSafe(name) ? probability : 0), 0);
  }
  const { chunks, categories, count } = content.held;
  const safe = categories.map(isSafe);
  let found = 0;
  for (const chunk of chunks) for (let i = 0; i < chunk.count; i++) if (safe[chunk.category[i]!]) found++;
  return found / count;
}
