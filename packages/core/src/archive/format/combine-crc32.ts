/** The polynomial of CRC-32, lowest bit first. */
const POLYNOMIAL = 0xedb8_8320;
/** x to the power of 0, in the same order of bits. */
const ONE = 0x8000_0000;

/** x to the power of 2 to the n, modulo the polynomial. */
const POWERS = powers();

/**
 * Computes the CRC-32 of two contents in a row from the CRC-32 of each and the bytes of the second, as zlib's `crc32_combine` does:
 * the first is multiplied by x to the power of the bits that follow it.
 */
export function combineCrc32(first: number, second: number, secondSize: number): number {
  return (multiply(shiftOf(secondSize), first) ^ second) >>> 0;
}

/** x to the power of 8 times `size`, modulo the polynomial. */
function shiftOf(size: number): number {
  let product = ONE;
  for (let rest = size, power = 3; rest > 0; rest = Math.floor(rest / 2), power++) {
    if (rest % 2 === 1) product = multiply(POWERS[power % 32] ?? ONE, product);
  }
  return product;
}

/** Multiplies two polynomials over GF(2), modulo the polynomial. */
function multiply(left: number, right: number): number {
  let product = 0;
  let factor = right;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (left & bit) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

function powers(): readonly number[] {
  const list = [ONE >>> 1];
  for (let last = ONE >>> 1; list.length < 32; list.push(last)) last = multiply(last, last);
  return list;
}
