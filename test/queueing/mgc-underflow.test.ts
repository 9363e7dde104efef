import { expect, test } from "vitest";
import { mgcWait } from "../../host/queueing/mgc.js";

test("nobody waits for one of five thousand servers half of which are idle", () => {
  const wait = mgcWait({ servers: 4930, arrivalRps: 195, meanServiceS: 13.43, cv2: 1.2 });
  expect([wait.meanS, wait.tail(1), wait.percentileS(0.99)]).toEqual([0, 0, 0]);
});
