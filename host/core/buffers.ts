import * as C from "../../assembly/contract.js";
import type { CoreExports } from "./exports.js";

/**
 * Views on the buffers of the core. A view is good until the next call of open, start, run or finish, which may move the memory
 * under it; take a new one then.
 */
export class Buffers {
  constructor(private readonly core: CoreExports) {}

  f64(id: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory, this.core.bufferAddress(id), length);
  }

  u32(id: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory, this.core.bufferAddress(id), length);
  }

  i32(id: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.memory, this.core.bufferAddress(id), length);
  }

  u16(id: number, length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.memory, this.core.bufferAddress(id), length);
  }

  u8(id: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory, this.core.bufferAddress(id), length);
  }

  /** The window of requests, `count` rows. */
  window(count: number): RequestWindow {
    return {
      count,
      arrivalS: this.f64(C.BUFFER_ARRIVAL, count),
      inputTokens: this.u32(C.BUFFER_INPUT, count),
      outputTokens: this.u32(C.BUFFER_OUTPUT, count),
      label: this.u16(C.BUFFER_LABEL, count),
      category: this.u8(C.BUFFER_CATEGORY, count),
      priority: this.u8(C.BUFFER_PRIORITY, count),
    };
  }

  private get memory(): ArrayBuffer {
    return this.core.memory.buffer;
  }
}

/** The window of requests, as views on the core's memory. */
export interface RequestWindow {
  count: number;
  arrivalS: Float64Array<ArrayBuffer>;
  inputTokens: Uint32Array<ArrayBuffer>;
  outputTokens: Uint32Array<ArrayBuffer>;
  label: Uint16Array<ArrayBuffer>;
  category: Uint8Array<ArrayBuffer>;
  priority: Uint8Array<ArrayBuffer>;
}
