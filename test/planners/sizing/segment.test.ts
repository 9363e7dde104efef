import { describe, expect, test } from "vitest";
import { lengthMoments } from "../../../host/planners/sizing/length-moments.js";
import {
  type Segment,
  segmentKey,
  segmentNodes,
  segmentShare,
  reachOf,
} from "../../../host/planners/sizing/segment.js";
import { lengthLawOfRequests } from "../../../host/workloads/length-law/law-of-requests.js";
import { evenReplica, numbers } from "./sizing-fixtures.js";

const options = [evenReplica("even")];
const BOUNDARY = 500;
const GAMMA = 1.5;
const MAX_CTX = 1000;
/** Share of requests that are compressed where they can be. */
const SHARE = 0.6;

const made = (() => {
  const next = numbers(11);
  const count = 4000;
  return {
    count,
    // Outputs are short against the boundary: all requests of the band can be compressed.
    inputTokens: Uint32Array.from({ length: count }, () => 1 + next(900)),
    outputTokens: Uint32Array.from({ length: count }, () => 1 + next(99)),
  };
})();
const law = lengthLawOfRequests([made]);
const compression = { gamma: GAMMA, safeShare: 0.75, pCompress: SHARE / 0.75, boundary: BOUNDARY };
const short: Segment = {
  above: 0,
  upTo: BOUNDARY,
  options,
  compression: { ...compression, side: "below", otherMaxCtx: MAX_CTX },
};
const long: Segment = {
  above: BOUNDARY,
  upTo: MAX_CTX,
  options,
  compression: { ...compression, side: "above", otherMaxCtx: BOUNDARY },
};

/** What a pool serves, request by request, with the probability that it does. */
function enumerated(side: "below" | "above") {
  const rows: [input: number, output: number, weight: number][] = [];
  for (let i = 0; i < made.count; i++) {
    const [input, output] = [made.inputTokens[i]!, made.outputTokens[i]!];
    const total = input + output;
    const compressed = total > BOUNDARY && total <= GAMMA * BOUNDARY ? SHARE : 0;
    if (side === "above") {
      if (total > BOUNDARY) rows.push([input, output, (1 - compressed) / made.count]);
    } else if (total <= BOUNDARY) rows.push([input, output, 1 / made.count]);
    else if (compressed > 0) rows.push([BOUNDARY - output, output, compressed / made.count]);
  }
  return {
    input: Float64Array.from(rows, ([input]) => input),
    output: Float64Array.from(rows, ([, output]) => output),
    weight: Float64Array.from(rows, ([, , weight]) => weight),
  };
}

const weightOf = ({ weight }: { weight: Float64Array }) => weight.reduce((sum, one) => sum + one, 0);

describe.each([
  ["below", short],
  ["above", long],
] as const)("the pool %s a boundary with compression", (side, segment) => {
  test("has the share that counting the requests one by one gives", () => {
    expect(segmentShare(law, segment)).toBeCloseTo(weightOf(enumerated(side)), 10);
  });

  test("has nodes whose weights are its share", () => {
    expect(weightOf(segmentNodes(law, segment))).toBeCloseTo(segmentShare(law, segment), 10);
  });

  test("has the moments of the requests one by one", () => {
    const [own, exact] = [lengthMoments(segmentNodes(law, segment)), lengthMoments(enumerated(side))];
    for (const key of Object.keys(exact) as (keyof typeof exact)[]) expect(own[key] / exact[key]).toBeCloseTo(1, 9);
  });
});

describe("both pools together", () => {
  test("serve every request", () => {
    expect(segmentShare(law, short) + segmentShare(law, long)).toBeCloseTo(1, 10);
  });

  test("serve every request once where the window of the long pool ends below gamma times the boundary", () => {
    const upTo = 600;
    const shorter = { ...short, compression: { ...short.compression!, otherMaxCtx: upTo } };
    const longer = { ...long, upTo };
    expect(segmentShare(law, shorter) + segmentShare(law, longer)).toBeCloseTo(law.share(0, upTo), 10);
  });
});

describe("a pool without compression", () => {
  test("serves what is above and up to its bounds", () => {
    const plain = { above: 300, upTo: 700, options };
    const share =
      [...made.inputTokens.keys()].filter((i) => {
        const total = made.inputTokens[i]! + made.outputTokens[i]!;
        return total > 300 && total <= 700;
      }).length / made.count;
    expect(segmentShare(law, plain)).toBeCloseTo(share, 10);
    expect(reachOf(plain)).toEqual({ above: 300, upTo: 700 });
  });
});

describe("requests that may reach a pool", () => {
  test("go up to gamma times the boundary below it", () => {
    expect(reachOf(short)).toEqual({ above: 0, upTo: GAMMA * BOUNDARY });
  });

  test("go no further than the largest window", () => {
    const compressed = { ...short.compression!, otherMaxCtx: 600 };
    expect(reachOf({ ...short, compression: compressed })).toEqual({ above: 0, upTo: 600 });
  });

  test("are those above the boundary where the pool is the long one", () => {
    expect(reachOf(long)).toEqual({ above: BOUNDARY, upTo: MAX_CTX });
  });
});

describe("the key of a segment", () => {
  test("is one for the same pool in different fleets", () => {
    expect(segmentKey({ above: 0, upTo: 500, options })).toBe(
      segmentKey({ above: 0, upTo: 500, options: [...options] }),
    );
  });

  test.each([
    ["bounds", { above: 1 }],
    ["windows", { upTo: 501 }],
    ["kinds of replica", { options: [evenReplica("other")] }],
    ["gammas", { compression: { ...short.compression!, gamma: 1.6 } }],
    ["shares of compression", { compression: { ...short.compression!, pCompress: 0.1 } }],
    ["sides", { compression: { ...short.compression!, side: "above" as const } }],
    ["windows of the other pool", { compression: { ...short.compression!, otherMaxCtx: 2000 } }],
  ])("differs with %s", (_what, change) => {
    expect(segmentKey({ ...short, ...change })).not.toBe(segmentKey(short));
  });
});
