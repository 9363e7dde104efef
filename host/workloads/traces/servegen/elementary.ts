/**
 * Logarithm, exponential and gamma function from additions, multiplications, divisions and square roots alone, so that every
 * platform gives the same bits. (Math.log and Math.exp may differ in the last bit from one engine to another.)
 *
 * `ln` and `exp` follow e_log.c and e_exp.c of FDLIBM (Sun Microsystems, freely distributable): errors below one unit in the last
 * place.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;
const SQRT_HALF = Math.SQRT1_2;
const LOWEST_EXPONENT = -745.14;
const HIGHEST_EXPONENT = 709.79;

const words = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a positive, finite number that is not subnormal. */
export function ln(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - 1022;
  // The mantissa as a number from 0.5 up to 1, then from sqrt(1/2) to sqrt(2).
  words.setUint32(0, (high & 0x000fffff) | 0x3fe00000);
  let mantissa = words.getFloat64(0);
  if (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent--;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const even =
    z * (0.666666666666673513 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return s * (half + odd + even) + exponent * LN2_LOW - half + f + exponent * LN2_HIGH;
}

/** e to the x: 0 below the smallest number, Infinity above the largest. */
export function exp(x: number): number {
  if (x < LOWEST_EXPONENT) return 0;
  if (x > HIGHEST_EXPONENT) return Infinity;
  const power = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - power * LN2_HIGH;
  const low = power * LN2_LOW;
  const r = high - low;
  const rr = r * r;
  const c =
    r -
    rr *
      (1.66666666666666019037e-1 +
        rr *
          (-2.77777777770155933842e-3 +
            rr * (6.61375632143793436117e-5 + rr * (-1.6533902205465251539e-6 + rr * 4.13813679705723846039e-8))));
  const mantissa = 1 + ((r * c) / (2 - c) - low + high);
  // In two steps, for results that are subnormal or whose power alone would overflow.
  const half = power >> 1;
  return mantissa * powerOfTwo(half) * powerOfTwo(power - half);
}

/** `base` to the `exponent`, for a positive, finite base that is not subnormal. */
export function power(base: number, exponent: number): number {
  return exp(exponent * ln(base));
}

const LANCZOS_G = 7;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** Gamma(1 + x) for `x` from 0 to 100; relative error below 1e-13. Lanczos's approximation with g = 7 and nine terms. */
export function gammaOfOnePlus(x: number): number {
  let sum = 0.9999999999998099;
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (x + i + 1);
  const t = x + LANCZOS_G + 0.5;
  return Math.sqrt(2 * Math.PI) * exp((x + 0.5) * ln(t) - t) * sum;
}

/** 2 to a whole number from -1022 to 1023. */
function powerOfTwo(exponent: number): number {
  words.setUint32(0, (exponent + 1023) << 20);
  words.setUint32(4, 0);
  return words.getFloat64(0);
}
