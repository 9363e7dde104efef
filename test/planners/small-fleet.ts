import type { FleetInput } from "../../host/specs/fleet-spec.js";

/**
 * A fleet whose figures can be worked out by hand: every iteration takes 10 ms, whatever the batch; one slot a replica; 512 prompt tokens a
 * chunk. A request of 512 input and 10 output tokens takes 10 ms to its first token and 110 ms in all.
 */
export function smallFleet(more: Partial<FleetInput> = {}): FleetInput {
  const profile = { name: "even", W: 0.01, H: 0, chunk: 512, cost_per_hr: 3.6 };
  return {
    engine: "slots",
    slo_ms: 100,
    pools: [
      { id: "short", profile, n_replicas: 1, max_ctx: 1024, slots: 1 },
      { id: "long", profile, n_replicas: 1, max_ctx: 8192, slots: 1, max_queue: 1 },
    ],
    ...more,
  };
}

/** The text of a trace of `[arrival, input, output, label?, category?]`. */
export function traceText(rows: readonly (readonly (number | string)[])[]): string {
  return [
    "arrival_s,input_tokens,output_tokens,label,category",
    ...rows.map((row) => [...row, "", ""].slice(0, 5).join(",")),
  ].join("\n");
}

/** Bytes of a text in pieces of a length. */
export async function* inPieces(text: string, length = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}
