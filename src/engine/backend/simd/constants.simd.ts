/**
 * The numbers that the vector functions use, in memory: one broadcasting load each. As constants in the code V8 would build each vector
 * anew from integers, four instructions, at every use. `writeConstants` runs once, before any kernel.
 */
import { CONSTANTS } from './memory-map';

export const ONE: usize = CONSTANTS;
export const HALF: usize = CONSTANTS + 4;
export const SIGN_BIT: usize = CONSTANTS + 8;

/** exp4 */
export const EXP_LARGEST: usize = CONSTANTS + 12;
export const EXP_SMALLEST: usize = CONSTANTS + 16;
export const LOG2_E: usize = CONSTANTS + 20;
export const ROUNDER: usize = CONSTANTS + 24;
export const LN_2_HIGH: usize = CONSTANTS + 28;
export const LN_2_LOW: usize = CONSTANTS + 32;
export const EXP_2: usize = CONSTANTS + 36;
export const EXP_3: usize = CONSTANTS + 40;
export const EXP_4: usize = CONSTANTS + 44;
export const EXP_5: usize = CONSTANTS + 48;
export const EXP_6: usize = CONSTANTS + 52;

/** erf4 */
export const ERF_P: usize = CONSTANTS + 56;
export const ERF_1: usize = CONSTANTS + 60;
export const ERF_2: usize = CONSTANTS + 64;
export const ERF_3: usize = CONSTANTS + 68;
export const ERF_4: usize = CONSTANTS + 72;
export const ERF_5: usize = CONSTANTS + 76;

/** gelu */
export const SQRT_HALF: usize = CONSTANTS + 80;
export const INVERSE_SQRT_TWO_PI: usize = CONSTANTS + 84;

/** philox */
export const MULTIPLIER_0: usize = CONSTANTS + 88;
export const MULTIPLIER_1: usize = CONSTANTS + 92;
export const WEYL_0: usize = CONSTANTS + 96;
export const WEYL_1: usize = CONSTANTS + 100;

/** The constant at this address in all four lanes. */
export function all4(constant: usize): v128 {
  return v128.load32_splat(constant);
}

export function writeConstants(): void {
  store<f32>(ONE, 1);
  store<f32>(HALF, 0.5);
  store<u32>(SIGN_BIT, 0x80000000);
  store<f32>(EXP_LARGEST, 88);
  store<f32>(EXP_SMALLEST, -87.3);
  store<f32>(LOG2_E, 1.44269504);
  // 1.5 · 2^23: adding it rounds to a whole number, which the last bits of the sum then are.
  store<f32>(ROUNDER, 12582912);
  // -ln 2 in two parts, the first exact in 15 bits, so that a whole number times it is exact.
  store<f32>(LN_2_HIGH, -0.693145751953125);
  store<f32>(LN_2_LOW, -1.42860677e-6);
  // (e^r - 1 - r) / r² on |r| <= ln 2 / 2, by weighted least squares until the relative error of e^r was even: 3e-9.
  store<f32>(EXP_2, 0.4999999403953552);
  store<f32>(EXP_3, 0.166665181517601);
  store<f32>(EXP_4, 0.041668422520160675);
  store<f32>(EXP_5, 0.008369063027203083);
  store<f32>(EXP_6, 0.0013813880505040288);
  // Abramowitz-Stegun 7.1.26.
  store<f32>(ERF_P, 0.3275911);
  store<f32>(ERF_1, 0.254829592);
  store<f32>(ERF_2, -0.284496736);
  store<f32>(ERF_3, 1.421413741);
  store<f32>(ERF_4, -1.453152027);
  store<f32>(ERF_5, 1.061405429);
  store<f32>(SQRT_HALF, 0.7071067811865476);
  store<f32>(INVERSE_SQRT_TWO_PI, 0.3989422804014327);
  store<u32>(MULTIPLIER_0, 0xd2511f53);
  store<u32>(MULTIPLIER_1, 0xcd9e8d57);
  store<u32>(WEYL_0, 0x9e3779b9);
  store<u32>(WEYL_1, 0xbb67ae85);
}
