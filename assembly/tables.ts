import { POOL_FIELDS, RUN_FIELDS, WINDOW_CAPACITY } from "./contract";
import { Tick, ticksOut } from "./clock";
import { Request } from "./ledger";

/** The buffers that the host writes before and during a run: laid out by open, addressed by the BUFFER_ codes of the contract. */
export class Tables {
  readonly run: StaticArray<f64> = new StaticArray<f64>(RUN_FIELDS);
  readonly pools: StaticArray<f64>;
  readonly labelPool: StaticArray<i32>;
  readonly model: StaticArray<f64>;

  readonly arrival: StaticArray<f64> = new StaticArray<f64>(WINDOW_CAPACITY);
  readonly input: StaticArray<u32> = new StaticArray<u32>(WINDOW_CAPACITY);
  readonly output: StaticArray<u32> = new StaticArray<u32>(WINDOW_CAPACITY);
  readonly label: StaticArray<u16> = new StaticArray<u16>(WINDOW_CAPACITY);
  readonly category: StaticArray<u8> = new StaticArray<u8>(WINDOW_CAPACITY);
  readonly priority: StaticArray<u8> = new StaticArray<u8>(WINDOW_CAPACITY);
  readonly blockOffset: StaticArray<u32>;
  readonly blockId: StaticArray<u32>;

  readonly profile: StaticArray<f64>;
  readonly windowCell: StaticArray<u32>;
  readonly cellWeight: StaticArray<f64>;
  readonly cellInputLow: StaticArray<u32>;
  readonly cellInputHigh: StaticArray<u32>;
  readonly cellOutputLow: StaticArray<u32>;
  readonly cellOutputHigh: StaticArray<u32>;
  readonly categoryWeight: StaticArray<f64> = new StaticArray<f64>(64);

  constructor(pools: i32, cells: i32, windows: i32, profileSteps: i32, labels: i32, modelValues: i32, blockIds: i32) {
    this.pools = new StaticArray<f64>(pools * POOL_FIELDS);
    this.labelPool = new StaticArray<i32>(labels);
    this.model = new StaticArray<f64>(modelValues);
    this.blockOffset = new StaticArray<u32>(blockIds > 0 ? WINDOW_CAPACITY + 1 : 0);
    this.blockId = new StaticArray<u32>(blockIds);
    this.profile = new StaticArray<f64>(profileSteps);
    this.windowCell = new StaticArray<u32>(windows + 1);
    this.cellWeight = new StaticArray<f64>(cells);
    this.cellInputLow = new StaticArray<u32>(cells);
    this.cellInputHigh = new StaticArray<u32>(cells);
    this.cellOutputLow = new StaticArray<u32>(cells);
    this.cellOutputHigh = new StaticArray<u32>(cells);
  }
}

/** The window through which settled requests leave, where asked for. Grows with the ledger, so that no run call can overflow it. */
export class Results {
  /** Rows that the last call of run or finish filled. */
  count: i32 = 0;
  arrival: StaticArray<f64> = new StaticArray<f64>(0);
  input: StaticArray<u32> = new StaticArray<u32>(0);
  output: StaticArray<u32> = new StaticArray<u32>(0);
  pool: StaticArray<i32> = new StaticArray<i32>(0);
  replica: StaticArray<i32> = new StaticArray<i32>(0);
  status: StaticArray<u8> = new StaticArray<u8>(0);
  wait: StaticArray<f64> = new StaticArray<f64>(0);
  ttft: StaticArray<f64> = new StaticArray<f64>(0);
  tpot: StaticArray<f64> = new StaticArray<f64>(0);
  e2e: StaticArray<f64> = new StaticArray<f64>(0);
  preemptions: StaticArray<u16> = new StaticArray<u16>(0);
  decodePool: StaticArray<i32> = new StaticArray<i32>(0);
  decodeReplica: StaticArray<i32> = new StaticArray<i32>(0);
  transfer: StaticArray<f64> = new StaticArray<f64>(0);
  handover: StaticArray<f64> = new StaticArray<f64>(0);

  constructor(
    /** Prefill and decode are apart somewhere in the fleet. */
    readonly staged: bool,
  ) {}

  /** Adds a settled request with its figures, NEVER_TICK where not reached. */
  add(request: Request, wait: Tick, ttft: Tick, tpot: Tick, e2e: Tick, preemptions: i32): void {
    const row = this.count++;
    this.arrival[row] = <f64>request.arrival;
    this.input[row] = request.input;
    this.output[row] = request.output;
    this.pool[row] = request.pool;
    this.replica[row] = request.replica;
    this.status[row] = request.status;
    this.wait[row] = ticksOut(wait);
    this.ttft[row] = ticksOut(ttft);
    this.tpot[row] = ticksOut(tpot);
    this.e2e[row] = ticksOut(e2e);
    this.preemptions[row] = <u16>preemptions;
  }

  /** Adds to the row that was added last where the request was decoded, and how long it took to get there. */
  stage(decodePool: i32, decodeReplica: i32, transfer: Tick, handover: Tick): void {
    const row = this.count - 1;
    this.decodePool[row] = decodePool;
    this.decodeReplica[row] = decodeReplica;
    this.transfer[row] = ticksOut(transfer);
    this.handover[row] = ticksOut(handover);
  }

  reserve(rows: i32): void {
    if (rows <= this.status.length) return;
    // Doubling: what is outgrown is not given back before the run ends.
    rows = max(rows, 2 * this.status.length);
    this.arrival = new StaticArray<f64>(rows);
    this.input = new StaticArray<u32>(rows);
    this.output = new StaticArray<u32>(rows);
    this.pool = new StaticArray<i32>(rows);
    this.replica = new StaticArray<i32>(rows);
    this.status = new StaticArray<u8>(rows);
    this.wait = new StaticArray<f64>(rows);
    this.ttft = new StaticArray<f64>(rows);
    this.tpot = new StaticArray<f64>(rows);
    this.e2e = new StaticArray<f64>(rows);
    this.preemptions = new StaticArray<u16>(rows);
    if (!this.staged) return;
    this.decodePool = new StaticArray<i32>(rows);
    this.decodeReplica = new StaticArray<i32>(rows);
    this.transfer = new StaticArray<f64>(rows);
    this.handover = new StaticArray<f64>(rows);
  }
}
