/** Minimises a smooth convex function: L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4) with a backtracking Armijo line search. */

export interface Minimum {
  readonly x: Float64Array;
  readonly iterations: number;
  /** Whether the largest entry of the gradient came below the tolerance. */
  readonly converged: boolean;
}

/** Returns the value at `x` and writes the gradient there to `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10;
const ARMIJO = 1e-4;
const MOST_HALVINGS = 30;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(a: Float64Array, scale: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! += scale * b[i]!;
}

interface Correction {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function direction(gradient: Float64Array, memory: readonly Correction[]): Float64Array {
  const d = gradient.map((value) => -value);
  const alphas = new Float64Array(memory.length);
  for (let k = memory.length - 1; k >= 0; k--) {
    const { s, y, rho } = memory[k]!;
    alphas[k] = rho * dot(s, d);
    addScaled(d, -alphas[k]!, y);
  }
  const last = memory.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < d.length; i++) d[i]! *= scale;
  }
  memory.forEach(({ s, y, rho }, k) => addScaled(d, alphas[k]! - rho * dot(y, d), s));
  return d;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** From zero, until the gradient's largest entry is below `tolerance`. `pause` is awaited after each iteration. */
export async function minimise(
  objective: Objective,
  size: number,
  { tolerance, iterations: most }: { readonly tolerance: number; readonly iterations: number },
  pause: () => Promise<void>,
): Promise<Minimum> {
  let x = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = objective(x, gradient);
  const memory: Correction[] = [];
  for (let iteration = 0; iteration < most; iteration++) {
    if (largest(gradient) < tolerance) return { x, iterations: iteration, converged: true };
    const d = direction(gradient, memory);
    const slope = dot(d, gradient);
    let step = memory.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let accepted = false;
    for (let halving = 0; halving < MOST_HALVINGS && !accepted; halving++, step /= 2) {
      const next = x.slice();
      addScaled(next, step, d);
      const nextGradient = new Float64Array(size);
      const nextValue = objective(next, nextGradient);
      if (!(nextValue <= value + ARMIJO * step * slope)) continue;
      const s = next.map((each, i) => each - x[i]!);
      const y = nextGradient.map((each, i) => each - gradient[i]!);
      const curvature = dot(s, y);
      if (curvature > 0) memory.push({ s, y, rho: 1 / curvature });
      if (memory.length > MEMORY) memory.shift();
      [x, gradient, value, accepted] = [next, nextGradient, nextValue, true];
    }
    // No shorter step makes it less: this is as good as these numbers get.
    if (!accepted) return { x, iterations: iteration, converged: false };
    await pause();
  }
  return { x, iterations: most, converged: largest(gradient) < tolerance };
}
