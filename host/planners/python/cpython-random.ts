/**
 * The random numbers of CPython's module `random`: MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998), seeded and read as `random.Random(seed)` does since
 * Python 3.2, bit for bit.
 */

const N = 624;
const M = 397;

/** Draws of `random.Random(seed)`. */
export class CPythonRandom {
  readonly #state = new Uint32Array(N);
  #next = N;

  /**
   * @param seed a whole number; its sign does not count.
   * @throws RangeError if it is not whole, or beyond 2^53.
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed is ${seed}, but must be a whole number within 2^53`);
    const size = Math.abs(seed);
    const [low, high] = [size >>> 0, Math.floor(size / 2 ** 32)];
    this.#seedByArray(high === 0 ? [low] : [low, high]);
  }

  /** Uniform over the multiples of 2^-53 from 0 to below 1. */
  random(): number {
    const high = this.#uint32() >>> 5;
    const low = this.#uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Uniform over the whole numbers from `low` to `high`, both included, fewer than 2^32: bits of one draw, drawn anew until they are in range. */
  randint(low: number, high: number): number {
    const count = high - low + 1;
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && count >= 1 && count < 2 ** 32)) {
      throw new RangeError(`randint(${low}, ${high}) must span 1 to 2^32 - 1 whole numbers`);
    }
    const unused = Math.clz32(count);
    for (;;) {
      const drawn = this.#uint32() >>> unused;
      if (drawn < count) return low + drawn;
    }
  }

  /** `init_genrand` of the authors' mt19937ar.c. */
  #seedByNumber(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < N; i++) state[i] = Math.imul(1_812_433_253, mixed(state[i - 1]!)) + i;
  }

  /** `init_by_array` of the authors' mt19937ar.c. */
  #seedByArray(key: readonly number[]): void {
    this.#seedByNumber(19_650_218);
    const state = this.#state;
    let i = 1;
    const advance = () => {
      i += 1;
      if (i < N) return;
      state[0] = state[N - 1]!;
      i = 1;
    };
    for (let k = 0; k < N; k++) {
      const j = k % key.length;
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1_664_525)) + key[j]! + j;
      advance();
    }
    for (let k = 1; k < N; k++) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1_566_083_941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  #uint32(): number {
    if (this.#next === N) this.#refill();
    let y = this.#state[this.#next]!;
    this.#next += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
