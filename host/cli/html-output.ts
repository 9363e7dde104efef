import { resolve } from "node:path";
import type { Command } from "commander";
import { htmlPage } from "../reports/html/html-page.js";
import type { Page } from "../reports/html/page-spec.js";
import { InputError } from "../specs/input-error.js";
import { refuseInputs, writeWhole } from "./output.js";
import { WholeFile } from "./whole-file.js";

/** The flag of commands whose result has a page with charts. */
export interface HtmlOptions {
  html?: string;
}

/** Adds `--html`. */
export function addHtmlFlag(command: Command): Command {
  return command.option(
    "--html <file>",
    "also write the result as a page with charts, which needs no network, to this file",
  );
}

/**
 * Asks whether the file of `--html` can be written, so that a long run does not find out at its end.
 *
 * @param inputs What the command reads: paths, and other words that name no file.
 * @param outputs What else it writes: files by their flags.
 * @throws InputError if it cannot, is one of the inputs, or is written to otherwise.
 */
export async function checkHtml(
  { html }: HtmlOptions,
  inputs: readonly unknown[],
  outputs: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (html === undefined) return;
  for (const [flag, file] of Object.entries(outputs)) {
    if (file === undefined || resolve(file) !== resolve(html)) continue;
    throw new InputError(`${flag} and --html name the same file, ${html}.`);
  }
  await refuseInputs("--html", html, inputs);
  await WholeFile.check(html);
}

/**
 * Writes the page of `--html`, whole or not at all.
 *
 * @param page Makes what it says; not called without the flag.
 * @throws InputError if the file cannot be written.
 */
export async function deliverHtml({ html }: HtmlOptions, page: () => Page): Promise<void> {
  if (html !== undefined) await writeWhole(html, htmlPage(page()));
}
