/** Philox4x32-10 in WGSL: the same words as philox.ts. A 32×32 -> 64 bit product is put together from 16-bit halves. */
import { f32Literal, type BindingText } from '../../backend/webgpu/shader.ts';
import { dropoutScale, dropoutThreshold } from './philox.ts';

const PHILOX = `
fn multiply_high(a: u32, b: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let carry = a_low * b_high + (middle & 0xffffu);
  return a_high * b_high + (middle >> 16u) + (carry >> 16u);
}

fn philox4x32(counter_start: vec4u, key_start: vec2u) -> vec4u {
  var counter = counter_start;
  var key = key_start;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiply_high(0xd2511f53u, counter.x);
    let low0 = 0xd2511f53u * counter.x;
    let high1 = multiply_high(0xcd9e8d57u, counter.z);
    let low1 = 0xcd9e8d57u * counter.z;
    counter = vec4u(high1 ^ counter.y ^ key.x, low1, high0 ^ counter.w ^ key.y, low0);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}`;

/** The bindings that `dropoutCode` reads: `rng` = [seed_lo, seed_hi, step], `place` = [stream]; none for rate 0. */
export function dropoutBindingTypes(rate: number): { rng: BindingText | undefined; place: BindingText | undefined } {
  return rate > 0 ? { rng: 'uniform vec3i', place: 'uniform vec4u' } : { rng: undefined, place: undefined };
}

/**
 * WGSL functions (none for rate 0): `dropout_factors(block, lane)` gives the factors (0 or the scale) of elements
 * 4·block .. 4·block+3, `dropout_factor(element)` that of one element.
 */
export function dropoutCode(rate: number): string {
  if (rate === 0) return '';
  return `${PHILOX}

fn dropout_factors(block: u32, lane: u32) -> vec4f {
  let words = philox4x32(vec4u(block, place.x, u32(rng.z), lane), vec2u(u32(rng.x), u32(rng.y)));
  return select(vec4f(0.0), vec4f(${f32Literal(dropoutScale(rate))}), words >= vec4u(${dropoutThreshold(rate)}u));
}

fn dropout_factor(element: u32) -> f32 {
  return dropout_factors(element >> 2u, 0u)[element & 3u];
}`;
}
