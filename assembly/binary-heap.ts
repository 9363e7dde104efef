/**
 * The textbook event queue: one binary heap of all completions, ordered by (tick, replica), entries swapped up and down. It is the twin
 * that the faster event queue must equal, and the yardstick that the bench measures it against.
 */
export class BinaryHeap {
  private size: i32 = 0;
  private readonly ticks: StaticArray<f64>;
  private readonly replicas: StaticArray<i32>;
  private readonly payloads: StaticArray<i64>;

  constructor(capacity: i32) {
    this.ticks = new StaticArray<f64>(capacity);
    this.replicas = new StaticArray<i32>(capacity);
    this.payloads = new StaticArray<i64>(capacity);
  }

  /** Earliest tick, Infinity if there is none. */
  get firstTick(): f64 {
    return this.size > 0 ? this.ticks[0] : Infinity;
  }

  /** Replica of the earliest entry. */
  get firstReplica(): i32 {
    return this.replicas[0];
  }

  /** What travels with it. */
  get firstPayload(): i64 {
    return this.payloads[0];
  }

  push(tick: f64, replica: i32, payload: i64): void {
    let node = this.size++;
    this.ticks[node] = tick;
    this.replicas[node] = replica;
    this.payloads[node] = payload;
    while (node > 0) {
      const parent = (node - 1) >> 1;
      if (!this.before(node, parent)) break;
      this.swap(node, parent);
      node = parent;
    }
  }

  pop(): void {
    this.size--;
    this.swap(0, this.size);
    let node = 0;
    for (;;) {
      const left = 2 * node + 1;
      const right = left + 1;
      let smallest = node;
      if (left < this.size && this.before(left, smallest)) smallest = left;
      if (right < this.size && this.before(right, smallest)) smallest = right;
      if (smallest == node) return;
      this.swap(node, smallest);
      node = smallest;
    }
  }

  private before(a: i32, b: i32): bool {
    const ta = this.ticks[a];
    const tb = this.ticks[b];
    return ta < tb || (ta == tb && this.replicas[a] < this.replicas[b]);
  }

  private swap(a: i32, b: i32): void {
    const tick = this.ticks[a];
    const replica = this.replicas[a];
    const payload = this.payloads[a];
    this.ticks[a] = this.ticks[b];
    this.replicas[a] = this.replicas[b];
    this.payloads[a] = this.payloads[b];
    this.ticks[b] = tick;
    this.replicas[b] = replica;
    this.payloads[b] = payload;
  }
}
