/**
 * The replica with the fewest requests, lowest replica first, by a tournament tree: node n holds the smaller key of nodes 2n and 2n + 1. A
 * key is `requests * size + replica`, so that one comparison also breaks the tie; it holds 131,071 requests at 16,384 replicas.
 */
export class LeastOutstanding {
  private readonly size: number;
  private readonly keys: Int32Array;

  constructor(replicas: number) {
    let size = 1;
    while (size < replicas) size *= 2;
    this.size = size;
    this.keys = new Int32Array(2 * size).fill(2 ** 31 - 1);
    for (let replica = 0; replica < replicas; replica++) this.set(replica, 0);
  }

  /** The replica with the fewest requests. */
  get least(): number {
    return this.keys[1]! & (this.size - 1);
  }

  /** Says how many requests are with a replica. */
  set(replica: number, requests: number): void {
    const { keys, size } = this;
    let node = size + replica;
    let key = requests * size + replica;
    keys[node] = key;
    while (node > 1) {
      const sibling = keys[node ^ 1]!;
      key = sibling < key ? sibling : key;
      node >>= 1;
      if (keys[node] === key) return;
      keys[node] = key;
    }
  }
}
