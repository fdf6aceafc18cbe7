/** The activations of `hidden_act` and their derivatives, in f64, for the reference kernels. */
import type { Activation } from '../contract.ts';

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const GELU_NEW_CUBIC = 0.044715;

/**
 * erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ·x^(2n+1) / (1·3·5···(2n+1)), Abramowitz-Stegun 7.1.6: all terms have one sign, so the sum
 * is good to a few units in the last place. Beyond 6 the result rounds to 1.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  const twoSquares = 2 * x * x;
  let term = size;
  let sum = size;
  for (let n = 1; term > sum * Number.EPSILON * 0.25; n++) {
    term *= twoSquares / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * Math.min(1, (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum);
}

/** The standard normal distribution function Φ(z). */
function normalCdf(z: number): number {
  return 0.5 * (1 + erf(z * Math.SQRT1_2));
}

/** 1 / (1 + e^-z), without overflow. */
function sigmoid(z: number): number {
  return z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z));
}

/** z·σ(a·z) and its slope. */
function swish(a: number): ActivationRecord {
  return {
    value: (z) => z * sigmoid(a * z),
    slope: (z) => sigmoid(a * z) * (1 + a * z * (1 - sigmoid(a * z))),
  };
}

/** ln(1 + e^z). */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

interface ActivationRecord {
  readonly value: (z: number) => number;
  /** d value / dz at z. */
  readonly slope: (z: number) => number;
}

export const ACTIVATIONS: { readonly [Name in Activation]: ActivationRecord } = {
  none: { value: (z) => z, slope: () => 1 },
  /** z·Φ(z), Hendrycks and Gimpel 2016, exact. */
  gelu: {
    value: (z) => z * normalCdf(z),
    slope: (z) => normalCdf(z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI),
  },
  /** z/2 · (1 + tanh(√(2/π)·(z + 0.044715·z³))), the approximation of the same paper. */
  gelu_new: {
    value: (z) => 0.5 * z * (1 + Math.tanh(SQRT_2_OVER_PI * (z + GELU_NEW_CUBIC * z ** 3))),
    slope: (z) => {
      const t = Math.tanh(SQRT_2_OVER_PI * (z + GELU_NEW_CUBIC * z ** 3));
      return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * GELU_NEW_CUBIC * z * z);
    },
  },
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  /** z·σ(z), Elfwing et al. 2017; `swish` is another name. */
  silu: swish(1),
  /** z·σ(1.702·z), the faster approximation of the GELU paper. */
  quick_gelu: swish(1.702),
  /** z·tanh(ln(1 + e^z)), Misra 2019. */
  mish: {
    value: (z) => z * Math.tanh(softplus(z)),
    slope: (z) => Math.tanh(softplus(z)) + z * sigmoid(z) * (1 - Math.tanh(softplus(z)) ** 2),
  },
};
