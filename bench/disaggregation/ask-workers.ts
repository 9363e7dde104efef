import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Ask, once, type Question } from "./questions.js";

/** What a worker sends back. */
export type WorkerReply = { answer: unknown } | { error: string };

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

interface Waiting {
  question: Question;
  settle: (reply: WorkerReply) => void;
}

/** Answers in as many processes, each with a core of its own; who answers what changes nothing about the answers. */
export function askWorkers(processes: number): { ask: Ask; close: () => void } {
  const queue: Waiting[] = [];
  const workers: ChildProcess[] = [];
  const idle: ChildProcess[] = [];
  const busy = new Map<ChildProcess, Waiting>();
  const next = (worker: ChildProcess) => {
    const waiting = queue.shift();
    if (!waiting) return void idle.push(worker);
    busy.set(worker, waiting);
    worker.send(waiting.question);
  };
  const settle = (worker: ChildProcess, reply: WorkerReply) => {
    busy.get(worker)?.settle(reply);
    busy.delete(worker);
  };
  for (let i = 0; i < processes; i++) {
    const worker = fork(WORKER, { execArgv: ["--import", "tsx"], serialization: "advanced" });
    worker.on("message", (reply: WorkerReply) => {
      settle(worker, reply);
      next(worker);
    });
    worker.on("exit", (code) => settle(worker, { error: `a worker ended with code ${code}` }));
    workers.push(worker);
    idle.push(worker);
  }
  const ask = once(
    (question) =>
      new Promise((resolve, reject) => {
        queue.push({
          question,
          settle: (reply) => ("error" in reply ? reject(new Error(reply.error)) : resolve(reply.answer)),
        });
        const worker = idle.pop();
        if (worker) next(worker);
      }),
  );
  return { ask, close: () => workers.forEach((worker) => worker.kill()) };
}
