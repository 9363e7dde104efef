import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mgcWait } from "../../host/queueing/mgc.js";
import { minServers, minServersFor, MOST_SERVERS } from "../../host/queueing/min-servers.js";

describe("minServers", () => {
  it("keeps the wait with that many and not with one fewer", () => {
    const wanted = fc.record({
      arrivalRps: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      meanServiceS: fc.double({ min: 0.01, max: 100, noNaN: true }),
      cv2: fc.double({ min: 0, max: 20, noNaN: true }),
      waitS: fc.double({ min: 0, max: 20, noNaN: true }),
      p: fc.constantFrom(0.5, 0.9, 0.99, 0.999),
    });
    fc.assert(
      fc.property(wanted, ({ waitS, p, ...queue }) => {
        const servers = minServers({ waitS, p, ...queue })!;
        const keeps = (c: number) =>
          queue.arrivalRps * queue.meanServiceS < c && mgcWait({ ...queue, servers: c }).tail(waitS) <= 1 - p;
        expect(keeps(servers)).toBe(true);
        if (servers > 1) expect(keeps(servers - 1)).toBe(false);
      }),
    );
  });

  it("asks for one server where next to nothing arrives, not for two", () => {
    expect(minServers({ arrivalRps: 1e-6, meanServiceS: 1, cv2: 1, waitS: 0.5, p: 0.99 })).toBe(1);
  });

  it("is one more than the load at least", () => {
    expect(minServers({ arrivalRps: 4, meanServiceS: 1, cv2: 0, waitS: 1e6, p: 0.5 })).toBe(5);
  });
});

describe("minServersFor", () => {
  it("finds the edge with few questions", () => {
    let asked = 0;
    const edge = minServersFor((servers) => (asked++, servers >= 123_457), 1000);
    expect(edge).toBe(123_457);
    expect(asked).toBeLessThan(40);
  });

  it("gives up beyond what can be had", () => {
    expect(minServersFor(() => false)).toBeUndefined();
    expect(minServersFor((servers) => servers > MOST_SERVERS)).toBeUndefined();
  });
});
