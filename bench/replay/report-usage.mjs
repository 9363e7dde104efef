// Preloaded (`node --import`) into a process that the bench measures: on exit, writes what the process used to file descriptor 3.
import { writeSync } from "node:fs";

process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));
