/** A link that many requests want at once, against M/G/1 and processor sharing. */
import { beforeAll, describe, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { fifoLinkWaitS, sharedLinkS } from "../../host/queueing/kv-transfer.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectAgrees } from "./agreement.js";
import { replicate } from "./queue.js";
import { ALONE_S, LINK_POINTS, MOMENTS, playTransfers } from "./stages-links.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

describe("a link that carries one transfer after the other", () => {
  it.each(LINK_POINTS)("makes wait rho S2 / (2 (1 - rho) S1) at a load of $rho, $narrow side", (point) => {
    const played = replicate((replication) => playTransfers(core, { ...point, sharing: "fifo" }, replication));
    const exact = MOMENTS.meanS + fifoLinkWaitS(point.rho / MOMENTS.meanS, MOMENTS);
    const means = played.map(({ all }) => all);
    expectAgrees("mean transfer", means, exact, 0.04);
  });
});

describe("a link that transfers share", () => {
  it.each(LINK_POINTS)("takes each S / (1 - rho) at a load of $rho, $narrow side", (point) => {
    const played = replicate((replication) => playTransfers(core, { ...point, sharing: "shared" }, replication));
    for (const kind of ["short", "long"] as const) {
      const exact = sharedLinkS(point.rho / MOMENTS.meanS, MOMENTS.meanS, ALONE_S[kind]);
      const means = played.map((figures) => figures[kind]);
      expectAgrees(`mean ${kind} transfer`, means, exact, 0.04);
    }
  });
});
