/** Cases of single pools and fleets whose replicas prefill and decode. */
import { arbitraryIterationsCase } from "../iterations-reference/arbitrary.js";
import { NAMED_CASES } from "../iterations-reference/named-cases.js";
import { testAgreement } from "./agreement.js";
import { comparable, expectedPool } from "./compare-iterations.js";

const RUNS = { release: 4000, debug: 1500 };

testAgreement({
  drawn: arbitraryIterationsCase,
  named: NAMED_CASES,
  ofPlayed: comparable,
  ofReference: comparable,
  ofPool: expectedPool,
  runs: RUNS,
  stepRuns: RUNS,
});
