import { readFile } from "node:fs/promises";
import { loadCore } from "../../host/core/load.js";
import type { WorkerReply } from "./ask-workers.js";
import { answer, type Question } from "./questions.js";

const core = await loadCore(await readFile(new URL("../../build/core.release.wasm", import.meta.url)));

process.on("message", (question: Question) => {
  answer(core, question).then(
    (answered) => send({ answer: answered }),
    (error: Error) => send({ error: `${error.message} (asked: ${JSON.stringify(question)})` }),
  );
});

function send(reply: WorkerReply): void {
  process.send!(reply);
}
