// What a competent user would write to replay a trace: readline, split, objects in a binary heap. One pool of equal replicas, each with a
// FIFO queue, the least loaded one chosen.
//
// Usage: node plain-script.mjs TRACE.csv FLEET.json
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const WARMUP = 0.1;

/** A binary min-heap of events by their time. */
class EventHeap {
  #events = [];

  get earliest() {
    return this.#events[0];
  }

  push(event) {
    const events = this.#events;
    let index = events.length;
    events.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (events[parent].time <= event.time) break;
      events[index] = events[parent];
      index = parent;
    }
    events[index] = event;
  }

  pop() {
    const events = this.#events;
    const earliest = events[0];
    const last = events.pop();
    if (events.length === 0) return earliest;
    let index = 0;
    for (let child = 1; child < events.length; child = 2 * index + 1) {
      if (child + 1 < events.length && events[child + 1].time < events[child].time) child++;
      if (events[child].time >= last.time) break;
      events[index] = events[child];
      index = child;
    }
    events[index] = last;
    return earliest;
  }
}

const [trace, fleetFile] = process.argv.slice(2);
const [pool] = JSON.parse(readFileSync(fleetFile, "utf8")).pools;
const { W, H, calibration_ctx, chunk } = pool.profile;
const replicas = Array.from({ length: pool.n_replicas }, () => ({ busy: 0, queue: [] }));
const events = new EventHeap();
const ttftMs = [];

/** Seconds to the nanosecond, as whole nanoseconds. */
const nanoseconds = (seconds) => Math.round(seconds * 1e9);

function start(replica, request, now) {
  replica.busy++;
  ttftMs[request.ordinal] = (now - request.arrival + request.prefill) / 1e6;
  events.push({ time: now + request.prefill + request.decode, replica });
}

function completeUntil(time) {
  while (events.earliest !== undefined && events.earliest.time <= time) {
    const { replica, time: now } = events.pop();
    replica.busy--;
    if (replica.queue.length > 0) start(replica, replica.queue.shift(), now);
  }
}

function arrive(ordinal, arrival, input, output) {
  const iteration = W + H * ((input + output) / calibration_ctx) * pool.slots;
  const prefill = nanoseconds(Math.ceil(input / chunk) * iteration);
  const decode = nanoseconds(output * iteration);
  let chosen = replicas[0];
  for (const replica of replicas) {
    if (replica.busy + replica.queue.length < chosen.busy + chosen.queue.length) chosen = replica;
  }
  const request = { ordinal, arrival, prefill, decode };
  if (chosen.queue.length === 0 && chosen.busy < pool.slots) start(chosen, request, arrival);
  else chosen.queue.push(request);
}

let columns = null;
let first = null;
let ordinal = 0;
for await (const line of createInterface({ input: createReadStream(trace), crlfDelay: Infinity })) {
  const fields = line.split(",");
  if (columns === null) {
    columns = ["arrival", "input", "output"].map((name) => fields.indexOf(name));
    continue;
  }
  const [arrivalS, input, output] = columns.map((column) => Number(fields[column]));
  first ??= arrivalS;
  const arrival = nanoseconds(arrivalS - first);
  completeUntil(arrival);
  arrive(ordinal++, arrival, input, output);
}
completeUntil(Infinity);

const measured = ttftMs.slice(Math.floor(WARMUP * ordinal)).sort((a, b) => a - b);
const percentile = (p) => measured[Math.ceil(p * measured.length - 1e-6) - 1];
const mean = measured.reduce((sum, ms) => sum + ms, 0) / measured.length;
const result = { requests: { arrived: ordinal }, ttft_ms: { mean, p50: percentile(0.5), p99: percentile(0.99) } };
console.log(JSON.stringify(result));
