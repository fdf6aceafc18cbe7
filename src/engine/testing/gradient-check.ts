/** Gradients by central differences, in f64: the check of the reference kernels' formulas that needs no tfjs. */
import { expectAllClose } from './all-close.ts';
import { TOLERANCES } from './tolerances.ts';

const STEP = 1e-5;

/** d f / d x, where f reads x. x is changed while it runs and restored. */
function numericGradient(f: () => number, x: Float64Array): Float64Array {
  return x.map((value, i) => {
    x[i] = value + STEP;
    const above = f();
    x[i] = value - STEP;
    const below = f();
    x[i] = value;
    return (above - below) / (2 * STEP);
  });
}

/**
 * Compares each gradient with central differences of Σ forward()·dy. `forward` must read the arrays in `inputs` each time;
 * `gradients` has an array for each of them.
 */
export function checkGradients<Name extends string>(
  inputs: { readonly [K in Name]: Float64Array },
  forward: () => Float64Array,
  dy: Float64Array,
  gradients: { readonly [K in Name]: Float64Array },
): void {
  const weighted = (): number => forward().reduce((sum, y, i) => sum + y * dy[i]!, 0);
  for (const name of Object.keys(inputs) as Name[]) {
    expectAllClose(`d${name}`, gradients[name], numericGradient(weighted, inputs[name]), TOLERANCES.differences);
  }
}
