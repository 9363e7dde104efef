/** What the core module exports; assembly/index.ts says what each does. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  contractVersion(): number;
  open(
    pools: number,
    cells: number,
    windows: number,
    profileSteps: number,
    labels: number,
    modelValues: number,
    blockIds: number,
  ): void;
  start(): number;
  generate(count: number): number;
  run(count: number): number;
  closed(): number;
  finish(): number;
  errorA(): number;
  errorB(): number;
  resultCount(): number;
  seriesPoints(): number;
  sampleStride(): number;
  gather(metric: number, pool: number, first: number, completedOnly: number): number;
  gatheredReached(): number;
  gatheredPositive(): number;
  gatheredSum(): number;
  gatheredLargest(): number;
  select(rank: number): number;
  countWithin(
    pool: number,
    first: number,
    firstToken: number,
    perToken: number,
    ttft: number,
    tpot: number,
    e2e: number,
  ): number;
  countAbove(ticks: number): void;
  bufferAddress(id: number): number;
  memoryUsed(): number;
}
