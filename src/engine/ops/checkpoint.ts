/**
 * Gradient checkpointing (Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost): of a part of the network backward keeps only the
 * inputs, and computes the rest once more when its gradient is due. The same ops in the same order on the same numbers, so the bits are those
 * of a run without; it costs one more forward pass of the part.
 */
import { customGrad, engine, tidy, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';
import { freeze, isFrozen } from './frozen.ts';

/**
 * body(...inputs), with gradients for those inputs and parameters that learn. `body` may be called again with other tensors of the same
 * values, must then do the same, and must use every one of `parameters`.
 */
export function checkpoint(
  inputs: readonly Tensor[],
  parameters: readonly Tensor[],
  body: (...inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const sources = [...inputs, ...parameters].filter((tensor) => !isFrozen(tensor));
  if (sources.length === 0) return tidy(() => body(...inputs));
  const run = customGrad((...args) => {
    const save = args[sources.length] as GradSaveFunc;
    save([...inputs]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const again = inputs.map((input, i) => (isFrozen(input) ? freeze(saved[i]!) : saved[i]!));
      const gradients = gradientsOf(
        () => body(...again),
        sources.map((source) => again[inputs.indexOf(source)] ?? source),
        dy,
      );
      for (const tensor of saved) tensor.dispose();
      if (!dy.kept) dy.dispose();
      return gradients;
    };
    // Inside a custom gradient nothing is noted for backward, so that the ops keep nothing.
    return { value: tidy(() => body(...inputs)), gradFunc };
  });
  return run(...sources);
}

/** Gradients in the midst of a backward pass, whose tape tfjs would take for its own and clear. */
function gradientsOf(body: () => Tensor, sources: readonly Tensor[], dy: Tensor): Tensor[] {
  const { state } = engine();
  const { activeTape } = state;
  try {
    const { value, grads } = engine().gradients(body, [...sources], dy);
    value.dispose();
    return grads;
  } finally {
    state.activeTape = activeTape;
  }
}
