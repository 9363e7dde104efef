import { afterEach, describe, expect, test, vi } from "vitest";
import { type BytesRead, showProgress } from "../../host/cli/progress.js";

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** What reaches standard error, as a terminal or not, while `work` goes on; the clock is moved by hand. */
async function shown(isTTY: boolean, work: (passMs: (ms: number) => void) => Promise<void>): Promise<string> {
  let written = "";
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  try {
    await work((ms) => (nowMs += ms));
  } finally {
    process.stderr.isTTY = before;
  }
  return written;
}

afterEach(() => void vi.restoreAllMocks());

async function longWork(total: number | BytesRead | undefined, passMs: (ms: number) => void): Promise<void> {
  const progress = showProgress(total);
  passMs(1500);
  await progress.update(1_234_567);
  progress.stop();
}

describe("showProgress", () => {
  test("counts the requests of long work, and takes the bar and its marks away", async () => {
    const text = await shown(true, (passMs) => longWork(2_000_000, passMs));
    expect(text).toContain("61 % of 2,000,000 requests");
    expect(text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text.lastIndexOf(HIDE_CURSOR));
    expect(process.listenerCount("exit")).toBe(await listenersAfter(2_000_000));
  });

  test("tells how much of a file has been read", async () => {
    const text = await shown(true, (passMs) => longWork({ total: 200, read: () => 50 }, passMs));
    expect(text).toContain("25 % of the file, 1,234,567 requests");
  });

  test("counts alone where the end is not known", async () => {
    expect(await shown(true, (passMs) => longWork(undefined, passMs))).toContain("1,234,567 requests");
  });

  test("shows nothing within the first second", async () => {
    const text = await shown(true, async (passMs) => {
      const progress = showProgress(100);
      passMs(900);
      await progress.update(50);
      progress.stop();
    });
    expect(text).toBe("");
  });

  test("shows nothing where standard error is no terminal", async () => {
    expect(await shown(false, (passMs) => longWork(2_000_000, passMs))).toBe("");
  });
});

/** Listeners of the end of the program once more work has been shown: none may be left behind. */
async function listenersAfter(total: number): Promise<number> {
  await shown(true, (passMs) => longWork(total, passMs));
  return process.listenerCount("exit");
}
