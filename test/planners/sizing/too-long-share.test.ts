import { expect, test } from "vitest";
import { tooLongShare } from "../../../host/planners/sizing/too-long-share.js";
import { getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";

const azure = lengthLawOf(getBuiltinWorkload("azure"));

test("the share of requests that are too long is what the law says, and exactly 0 where none is", () => {
  expect(tooLongShare(azure, 4096)).toBeCloseTo(1 - azure.share(0, 4096), 12);
  expect(tooLongShare(azure, 4096)).toBeGreaterThan(0.01);
  expect(tooLongShare(azure, azure.longest)).toBe(0);
  expect(tooLongShare(azure, 1e9)).toBe(0);
});
