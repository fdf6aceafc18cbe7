/** Sixteen-bit floats to f32, exactly: every F16 and BF16 value is an f32 value, subnormals, infinities and NaN included. */

/** f32 bits of every F16 value (IEEE 754 binary16: 1 sign, 5 exponent with bias 15, 10 fraction). Made on first use, 256 KB. */
let halfTable: Float32Array | null = null;

function makeHalfTable(): Float32Array {
  const bits = new Uint32Array(65_536);
  for (let half = 0; half < 65_536; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) bits[half] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction === 0) bits[half] = sign;
    else {
      // A subnormal is fraction · 2^-24; f32 holds it as a normal number: shift its highest bit into the implicit place.
      const shift = Math.clz32(fraction) - 21;
      bits[half] = sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
    }
  }
  return new Float32Array(bits.buffer);
}

export function decodeHalf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = (halfTable ??= makeHalfTable());
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]!]!;
  return values;
}

/** BF16 is the upper half of an f32. */
export function decodeBrainFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}
