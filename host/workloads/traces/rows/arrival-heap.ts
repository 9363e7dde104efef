/** What an {@link ArrivalHeap} orders: something whose next arrival is known. */
export interface Arriving {
  readonly arrivalS: number;
  /** Breaks ties: the lower goes first. */
  readonly place: number;
}

/** Binary heap of streams by their next arrival, then by place. */
export class ArrivalHeap<Stream extends Arriving> {
  private readonly streams: Stream[] = [];

  get first(): Stream | undefined {
    return this.streams[0];
  }

  push(stream: Stream): void {
    const { streams } = this;
    streams.push(stream);
    let hole = streams.length - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!isBefore(stream, streams[parent]!)) break;
      streams[hole] = streams[parent]!;
      hole = parent;
    }
    streams[hole] = stream;
  }

  /** To be called when the first has a later arrival than before. */
  firstMoved(): void {
    const { streams } = this;
    const stream = streams[0]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= streams.length) break;
      if (child + 1 < streams.length && isBefore(streams[child + 1]!, streams[child]!)) child++;
      if (!isBefore(streams[child]!, stream)) break;
      streams[hole] = streams[child]!;
      hole = child;
    }
    streams[hole] = stream;
  }

  dropFirst(): void {
    const last = this.streams.pop();
    if (last === undefined || this.streams.length === 0) return;
    this.streams[0] = last;
    this.firstMoved();
  }
}

function isBefore(a: Arriving, b: Arriving): boolean {
  return a.arrivalS < b.arrivalS || (a.arrivalS === b.arrivalS && a.place < b.place);
}
