// Run before start, test, bench and pack: installs what is missing, builds what is not current, and is silent when nothing is to do.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isCurrent } from "./inputs.mjs";

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

function isInstalled() {
  const installed = "node_modules/.package-lock.json";
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    return path === "" || optional === true || have[path]?.version === version;
  });
}

if (!isInstalled()) run("npm", ["ci", "--no-audit", "--no-fund"]);
if (!isCurrent()) run(process.execPath, ["host/build/build.mjs"]);
