/**
 * The textbook event queue in typed arrays: a binary min-heap of (time, payload), entries moved into a hole rather than swapped.
 * Order among equal times is not promised.
 */
export class BinaryHeap {
  size = 0;
  readonly times: Float64Array;
  readonly payloads: Int32Array;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.payloads = new Int32Array(capacity);
  }

  push(time: number, payload: number): void {
    const { times, payloads } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = times[parent]!;
      if (parentTime <= time) break;
      times[hole] = parentTime;
      payloads[hole] = payloads[parent]!;
      hole = parent;
    }
    times[hole] = time;
    payloads[hole] = payload;
  }

  /** Takes the earliest entry out. */
  pop(): void {
    const { times, payloads } = this;
    const size = --this.size;
    const time = times[size]!;
    const payload = payloads[size]!;
    let hole = 0;
    let child = 1;
    while (child < size) {
      const right = child + 1;
      if (right < size && times[right]! < times[child]!) child = right;
      const childTime = times[child]!;
      if (childTime >= time) break;
      times[hole] = childTime;
      payloads[hole] = payloads[child]!;
      hole = child;
      child = 2 * hole + 1;
    }
    times[hole] = time;
    payloads[hole] = payload;
  }
}
