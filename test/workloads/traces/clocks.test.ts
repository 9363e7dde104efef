import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "./collect.js";
import { DecimalClock } from "../../../host/workloads/traces/clock/decimal-clock.js";
import {
  StampClock,
  dayNumber,
  hasUtcOffset,
  looksLikeStamp,
} from "../../../host/workloads/traces/clock/stamp-clock.js";

function readStamp(clock: StampClock, text: string): number {
  return clock.read(encode(`${text},1\n`), 0);
}

describe("StampClock", () => {
  const instant = fc.record({
    epochMs: fc.integer({ min: Date.UTC(2023, 10, 16), max: Date.UTC(2024, 1, 20) }),
    nanos: fc.integer({ min: 0, max: 999_999 }),
    digits: fc.integer({ min: 0, max: 9 }),
    offset: fc.constantFrom("", "Z", "+00:00", "-07:00", "+05:30"),
    separator: fc.constantFrom(" ", "T"),
  });

  test("reads any instant to the nanosecond, from bytes as from text", () => {
    const originMs = Date.UTC(2023, 10, 16);
    fc.assert(
      fc.property(fc.array(instant, { minLength: 1, maxLength: 5 }), (instants) => {
        const fromBytes = new StampClock();
        const fromText = new StampClock();
        for (const clock of [fromBytes, fromText]) clock.fromText("2023-11-16 00:00:00");
        for (const { epochMs, nanos, digits, offset, separator } of instants) {
          const sign = offset.startsWith("-") ? -1 : 1;
          const offsetMinutes =
            offset.length > 1 ? sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) : 0;
          const wall = new Date(epochMs + offsetMinutes * 60_000).toISOString();
          const fraction = (wall.slice(20, 23) + String(nanos).padStart(6, "0")).slice(0, digits);
          const stamp = `${wall.slice(0, 10)}${separator}${wall.slice(11, 19)}${digits > 0 ? `.${fraction}` : ""}${offset}`;
          const wholeSeconds = BigInt(Math.floor((epochMs - originMs) / 1000));
          const expected = Number(wholeSeconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")));
          expect(readStamp(fromBytes, stamp)).toBe(expected);
          expect(fromBytes.end).toBe(stamp.length);
          expect(fromText.fromText(stamp)).toBe(expected);
        }
      }),
    );
  });

  test("leaves what is unusual to fromText", () => {
    const clock = new StampClock();
    expect(readStamp(clock, "2023-11-16 00:00:00")).toBe(0);
    expect(readStamp(clock, "2023-11-16 00:00:01+0100")).toBeNaN();
    expect(clock.fromText("2023-11-16 00:00:01+0100")).toBe(-3599e9);
    expect(clock.fromText("2023-11-16 00:00:01 -01")).toBe(3601e9);
  });

  test("a stamp that a line end cuts short is none", () => {
    const clock = new StampClock();
    const stamp = "2023-11-16 00:00:00";
    readStamp(clock, stamp);
    for (let length = 0; length < stamp.length; length++) {
      expect(clock.read(encode(`${stamp.slice(0, length)}\n${stamp}\n`), 0)).toBeNaN();
    }
  });

  test("a day that is none does not become the origin", () => {
    const clock = new StampClock();
    expect(readStamp(clock, "2023-02-30 00:00:00")).toBeNaN();
    expect(readStamp(clock, "2023-03-01 00:00:00.000000001")).toBe(1);
    expect(clock.toEpochS(0)).toBe(Date.UTC(2023, 2, 1) / 1000);
  });
});

test("dayNumber agrees with the calendar of the platform", () => {
  for (let day = -800_000; day < 2_900_000; day += 997) {
    const date = new Date(day * 86_400_000);
    if (date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) continue;
    expect(dayNumber(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(day);
  }
  expect(dayNumber(1900, 2, 29)).toBeNaN();
  expect(dayNumber(2000, 2, 29)).toBe(11016);
});

test("what a date stamp looks like, and whether it has an offset", () => {
  expect(looksLikeStamp("2023-11-16 00:00:00")).toBe(true);
  expect(looksLikeStamp("20231116")).toBe(false);
  expect(["2024-05-10 00:00:00+00:00", "2024-05-10 00:00:00Z", "2024-05-10 00:00:00-07"].every(hasUtcOffset)).toBe(
    true,
  );
  expect(hasUtcOffset("2024-05-10 00:00:00.5")).toBe(false);
});

describe("DecimalClock", () => {
  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 9_000_000 }), fc.integer({ min: 0, max: 9 }), fc.nat(999_999_999))
    .map(([whole, digits, fraction]) => {
      const text = String(fraction).padStart(9, "0").slice(0, digits);
      return {
        text: digits > 0 ? `${whole}.${text}` : `${whole}`,
        nanoseconds: whole * 1e9 + Number(text.padEnd(9, "0")),
      };
    });

  test("reads seconds to the nanosecond, from bytes as from text", () => {
    fc.assert(
      fc.property(decimal, ({ text, nanoseconds }) => {
        const clock = new DecimalClock("s");
        expect(clock.read(encode(`${text}\n`), 0)).toBe(nanoseconds);
        expect(clock.end).toBe(text.length);
        expect(new DecimalClock("s").fromText(text)).toBe(nanoseconds);
      }),
    );
  });

  test.each([
    ["s", "1.5", 1.5e9],
    ["ms", "1.5", 1.5e6],
    ["us", "1.5", 1500],
    ["ns", "15", 15],
    ["ns", "1.5", 2],
    ["s", "1.0000000005", 1_000_000_001],
    ["s", "1.00000000049", 1_000_000_000],
    ["s", "2.", 2e9],
    ["s", ".25", 0.25e9],
    ["s", "1e-3", 1e6],
    ["s", "+3", 3e9],
  ] as const)("in %s, %s", (unit, text, nanoseconds) => {
    expect(new DecimalClock(unit).fromText(text)).toBe(nanoseconds);
  });

  test("dates keep their nanoseconds: the first whole part is the origin", () => {
    const clock = new DecimalClock("s");
    expect(clock.read(encode("1700158623.979960123\n"), 0)).toBe(979_960_123);
    expect(clock.fromText("1700158624.000000001")).toBe(1_000_000_001);
    expect(clock.read(encode("1700158622.5\n"), 0)).toBe(-0.5e9);
    expect(clock.isNegative(-0.5e9)).toBe(false);
    expect(clock.isNegative(clock.fromText("-1"))).toBe(true);
    expect(clock.toFileS(0.5e9)).toBe(1700158623.5);
  });

  test("19 digits of nanoseconds", () => {
    const clock = new DecimalClock("ns");
    expect(clock.read(encode("1700000000123456789\n"), 0)).toBeNaN();
    expect(clock.fromText("1700000000123456789")).toBe(0);
    expect(clock.fromText("1700000000123456790")).toBe(1);
  });

  test.each(["", ".", "-", "e5", "1e", "1e400", "--1", "1,5", "0x1", "NaN", "Infinity", "1 2"])(
    "no number: %j",
    (text) => {
      expect(new DecimalClock("s").fromText(text)).toBeNaN();
    },
  );
});
