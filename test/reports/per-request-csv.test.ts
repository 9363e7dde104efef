import * as C from "../../assembly/contract.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ResultRows } from "../../host/core/simulation.js";
import { PER_REQUEST_COLUMNS, PerRequestCsv, STAGED_COLUMNS } from "../../host/reports/per-request-csv.js";

interface Row {
  arrival?: number;
  input?: number;
  output?: number;
  pool?: number;
  replica?: number;
  status?: number;
  times?: [number, number, number, number];
  preemptions?: number;
}

function rowsOf(rows: readonly Row[]): ResultRows {
  const time = (index: number) => Float64Array.from(rows, ({ times }) => times?.[index] ?? C.NEVER);
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, ({ arrival }) => arrival ?? 0),
    inputTokens: Uint32Array.from(rows, ({ input }) => input ?? 1),
    outputTokens: Uint32Array.from(rows, ({ output }) => output ?? 1),
    pool: Int32Array.from(rows, ({ pool }) => pool ?? 0),
    replica: Int32Array.from(rows, ({ replica }) => replica ?? 0),
    status: Uint8Array.from(rows, ({ status }) => status ?? C.STATUS_COMPLETED),
    queueWait: time(0),
    ttft: time(1),
    tpot: time(2),
    e2e: time(3),
    preemptions: Uint16Array.from(rows, ({ preemptions }) => preemptions ?? 0),
  };
}

const written = (...rows: Row[]) => new TextDecoder().decode(new PerRequestCsv(["short", "long"]).encode(rowsOf(rows)));

describe("PerRequestCsv", () => {
  test("has the columns in their order", () => {
    expect(new TextDecoder().decode(PerRequestCsv.header())).toBe(
      "arrival_s,input_tokens,output_tokens,pool,replica,status,queue_wait_s,ttft_s,tpot_s,e2e_s,preemptions\n",
    );
    expect(PER_REQUEST_COLUMNS).toHaveLength(11);
  });

  test("writes seconds with no more decimals than they need", () =>
    expect(
      written({ arrival: 1_500_000_000, input: 100, output: 7, pool: 1, replica: 12, times: [0, 1, 10, 2e9] }),
    ).toBe("1.5,100,7,long,12,completed,0,0.000000001,0.00000001,2,0\n"));

  test("leaves empty what was not reached", () => {
    expect(written({ pool: -1, replica: -1, status: C.STATUS_TOO_LONG_FOR_EVERY_POOL })).toBe(
      "0,1,1,,,too_long_for_every_pool,,,,,0\n",
    );
    expect(written({ status: C.STATUS_UNFINISHED, times: [3e9, C.NEVER, C.NEVER, C.NEVER] })).toBe(
      "0,1,1,short,0,unfinished,3,,,,0\n",
    );
  });

  test("leaves empty the time per output token of a single token, and tells of preemptions", () => {
    const row = written({ times: [0, 5, C.NOT_APPLICABLE, 5], preemptions: 3 });
    expect(row).toBe("0,1,1,short,0,completed,0,0.000000005,,0.000000005,3\n");
  });

  test("names every reason of a rejection", () => {
    expect(written({ status: C.STATUS_TOO_LONG_FOR_POOL, replica: -1 })).toContain(",short,,too_long_for_pool,");
    expect(written({ status: C.STATUS_QUEUE_FULL })).toContain(",queue_full,");
  });

  test("writes every tick of the clock exactly", () => {
    const ticks = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(9_007_198).map((seconds) => seconds * 1e9 + 1e9 - 1),
      fc.nat(1_000_000_000).map((seconds) => seconds * 1e9),
    );
    fc.assert(
      fc.property(ticks, fc.nat(2 ** 31 - 1), (arrival, input) => {
        const [seconds, tokens] = written({ arrival, input }).split(",");
        const [whole, fraction = ""] = seconds!.split(".");
        expect(BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"))).toBe(BigInt(arrival));
        expect(Number(tokens)).toBe(input);
      }),
    );
  });

  test("takes more rows than its buffer holds at first", () => {
    const rows = Array.from({ length: 65_536 }, (_, i): Row => ({
      arrival: i * 1e9 + 123_456_789,
      times: [i, i, i, i],
    }));
    const lines = written(...rows).split("\n");
    expect(lines).toHaveLength(65_537);
    expect(lines[65_535]).toMatch(/^65535\.123456789,1,1,short,0,completed,0\.000065535,/);
  });

  test("has more columns where prefill and decode are apart", () => {
    const header = new TextDecoder().decode(PerRequestCsv.header(true)).trimEnd().split(",");
    expect(header).toEqual([...PER_REQUEST_COLUMNS, ...STAGED_COLUMNS]);
    expect(STAGED_COLUMNS).toEqual(["decode_pool", "decode_replica", "transfer_s", "handover_s"]);
  });

  test("tells who decoded a request, and what its hand-over took; nothing of one that stayed", () => {
    const rows: ResultRows = {
      ...rowsOf([{ pool: 0 }, { pool: 0, preemptions: 2 }, { pool: 0 }]),
      staged: {
        decodePool: Int32Array.of(1, -1, 1),
        decodeReplica: Int32Array.of(12, -1, 0),
        transfer: Float64Array.of(1_500_000, C.NOT_APPLICABLE, C.NEVER),
        handover: Float64Array.of(2_000_000_000, C.NOT_APPLICABLE, C.NEVER),
      },
    };
    const text = new TextDecoder().decode(new PerRequestCsv(["short", "long"]).encode(rows));
    expect(text).toBe(
      "0,1,1,short,0,completed,,,,,0,long,12,0.0015,2\n" +
        "0,1,1,short,0,completed,,,,,2,,,,\n" +
        "0,1,1,short,0,completed,,,,,0,long,0,,\n",
    );
  });
});
