/**
 * The activations and their slopes in WGSL, on f32 or vec4f. WGSL has no erf: the normal distribution's tail is Abramowitz and
 * Stegun 7.1.26 (1.5e-7 absolute), taken on the negative side, where nothing cancels. Its tanh may overflow on some GPUs, so
 * tanh is put together from exp of a negative number, and near 0 from its series.
 */
import type { Activation } from '../contract.ts';

type Wide = 'f32' | 'vec4f';

const NORMAL_CDF = (type: Wide): string => `
fn normal_cdf(z: ${type}) -> ${type} {
  let size = abs(z) * 0.70710678118654752;
  let t = 1.0 / (1.0 + 0.3275911 * size);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * series * exp(-0.5 * z * z);
  return select(1.0 - tail, tail, z < ${type}(0.0));
}`;

const SAFE_TANH = (type: Wide): string => `
fn safe_tanh(z: ${type}) -> ${type} {
  let size = abs(z);
  let e = exp(-2.0 * size);
  let far = sign(z) * ((1.0 - e) / (1.0 + e));
  let z2 = z * z;
  let near = z * (1.0 + z2 * (-0.33333333333 + z2 * (0.13333333333 + z2 * -0.05396825397)));
  return select(far, near, size < ${type}(0.15));
}`;

/** exp of a negative number only, so nothing overflows. */
const SIGMOID = (type: Wide): string => `
fn sigmoid(z: ${type}) -> ${type} {
  let e = exp(-abs(z));
  return select(${type}(1.0), e, z < ${type}(0.0)) / (1.0 + e);
}`;

/** tanh(ln(1 + e^z)) = n / (n + 2), n = e^z (e^z + 2); from 20 on it is 1. */
const TANH_SOFTPLUS = (type: Wide): string => `
fn tanh_softplus(z: ${type}) -> ${type} {
  let e = exp(min(z, ${type}(20.0)));
  let n = e * (e + 2.0);
  return n / (n + 2.0);
}`;

const GELU_NEW_INNER = `0.79788456080286536 * (z + 0.044715 * z * z * z)`;

interface Code {
  readonly helpers: (type: Wide) => string;
  readonly value: string;
  readonly slope: string;
}

const none = (): string => '';

const CODE: { readonly [Name in Exclude<Activation, 'none'>]: (type: Wide) => Code } = {
  gelu: () => ({
    helpers: NORMAL_CDF,
    value: 'return z * normal_cdf(z);',
    slope: 'return normal_cdf(z) + 0.39894228040143268 * z * exp(-0.5 * z * z);',
  }),
  gelu_new: () => ({
    helpers: SAFE_TANH,
    value: `return 0.5 * z * (1.0 + safe_tanh(${GELU_NEW_INNER}));`,
    slope: `let t = safe_tanh(${GELU_NEW_INNER});
  return 0.5 * (1.0 + t) + 0.39894228040143268 * z * (1.0 - t * t) * (1.0 + 0.134145 * z * z);`,
  }),
  relu: (type) => ({
    helpers: none,
    value: `return max(z, ${type}(0.0));`,
    slope: `return select(${type}(0.0), ${type}(1.0), z > ${type}(0.0));`,
  }),
  silu: () => ({
    helpers: SIGMOID,
    value: 'return z * sigmoid(z);',
    slope: 'let s = sigmoid(z);\n  return s * (1.0 + z * (1.0 - s));',
  }),
  quick_gelu: () => ({
    helpers: SIGMOID,
    value: 'return z * sigmoid(1.702 * z);',
    slope: 'let s = sigmoid(1.702 * z);\n  return s * (1.0 + 1.702 * z * (1.0 - s));',
  }),
  mish: () => ({
    helpers: (type) => SIGMOID(type) + TANH_SOFTPLUS(type),
    value: 'return z * tanh_softplus(z);',
    slope: 'let t = tanh_softplus(z);\n  return t + z * sigmoid(z) * (1.0 - t * t);',
  }),
  tanh: () => ({ helpers: SAFE_TANH, value: 'return safe_tanh(z);', slope: 'let t = safe_tanh(z);\n  return 1.0 - t * t;' }),
};

/** WGSL `fn activate(z)`: the activation's value. */
export function activateCode(activation: Exclude<Activation, 'none'>, type: Wide): string {
  const { helpers, value } = CODE[activation](type);
  return `${helpers(type)}\nfn activate(z: ${type}) -> ${type} {\n  ${value}\n}`;
}

/** WGSL `fn activation_slope(z)`: its derivative. */
export function activationSlopeCode(activation: Exclude<Activation, 'none'>, type: Wide): string {
  const { helpers, slope } = CODE[activation](type);
  return `${helpers(type)}\nfn activation_slope(z: ${type}) -> ${type} {\n  ${slope}\n}`;
}
