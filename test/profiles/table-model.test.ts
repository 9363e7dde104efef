import { expect, it } from "vitest";
import { tableModel } from "../../host/profiles/table-model.js";

it("a table keeps its knots and gives its times in seconds", () => {
  const decode = { batch: [1, 32], context: [0, 4096], ms: [[7.7, 9], [9, 20.3]] }; // prettier-ignore
  const prefill = { tokens: [128], context: [0], ms: [[12.1]] };
  expect(tableModel({ type: "table", decode, prefill, fixedMs: 7.7 })).toEqual({
    type: "table",
    decode: { batch: [1, 32], context: [0, 4096], seconds: [[7.7 / 1000, 9 / 1000], [9 / 1000, 20.3 / 1000]] }, // prettier-ignore
    prefill: { tokens: [128], context: [0], seconds: [[12.1 / 1000]] },
    fixed: 7.7 / 1000,
  });
});
