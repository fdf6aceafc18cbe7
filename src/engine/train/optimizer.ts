/** AdamW over all parameters of a model: the moments, the step count, and the two kernels of a step. */
import { fill, keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Parameter } from '../models/classifier.ts';
import { adamW, type AdamWState } from '../ops/adamw/adamw.ts';
import { HYPER } from '../ops/contract.ts';
import { globalNorm } from '../ops/global-norm/global-norm.ts';

export interface AdamWSettings {
  /** Decoupled, not on biases and LayerNorm. */
  readonly weightDecay: number;
  /** Gradients are scaled down to this L2 norm; 0: never. */
  readonly maxGradNorm: number;
  /** Decay of the mean and of the mean square of the gradients, and what keeps the quotient finite: torch.optim.AdamW's defaults. */
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
}

export interface Optimizer {
  /** What the step-th step (from 1) is told beside its gradients, f32 [8]: see HYPER. */
  hyper(learningRate: number, step: number): Float32Array;
  /**
   * One step, in place on the parameters. `gradients` in the order of the parameters, which the caller disposes; `hyper` on the device.
   * Returns their norm [1] before clipping, which the caller disposes.
   */
  update(gradients: readonly Tensor[], hyper: Tensor): Tensor;
  /** The next step: both of the above. */
  step(gradients: readonly Tensor[], learningRate: number): Tensor;
  /** The moments of the parameters, in their order: the optimizer's own tensors. */
  readonly moments: readonly { readonly m: Tensor; readonly v: Tensor }[];
  dispose(): void;
}

export function createAdamW(parameters: readonly Parameter[], settings: AdamWSettings): Optimizer {
  const states = makeStates(parameters);
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8 } = settings;
  let stepsDone = 0;

  const hyper: Optimizer['hyper'] = (learningRate, step) => {
    const values = new Float32Array(Object.keys(HYPER).length);
    values[HYPER.learningRate] = learningRate;
    values[HYPER.beta1] = beta1;
    values[HYPER.beta2] = beta2;
    values[HYPER.eps] = eps;
    values[HYPER.weightDecay] = settings.weightDecay;
    values[HYPER.correction1] = 1 - beta1 ** step;
    values[HYPER.correction2] = 1 - beta2 ** step;
    values[HYPER.maxGradNorm] = settings.maxGradNorm;
    return values;
  };
  const update: Optimizer['update'] = (gradients, hyperTensor) => {
    if (gradients.length !== parameters.length) {
      throw new Error(`AdamW: ${gradients.length} gradients for ${parameters.length} parameters`);
    }
    const norm = globalNorm(gradients);
    states.forEach((state, i) => adamW(state, gradients[i]!, norm, hyperTensor, parameters[i]!.decay));
    return norm;
  };

  return {
    hyper,
    update,
    moments: states,
    step(gradients, learningRate) {
      const hyperTensor = tensor(hyper(learningRate, ++stepsDone));
      const norm = update(gradients, hyperTensor);
      hyperTensor.dispose();
      return norm;
    },
    dispose() {
      for (const { m, v } of states) {
        m.dispose();
        v.dispose();
      }
    },
  };
}

/** All moments or, where memory does not suffice, none. Made on the device: zeros on the host would be twice the model's size there. */
function makeStates(parameters: readonly Parameter[]): readonly AdamWState[] {
  const made: Tensor[] = [];
  const zeros = (shape: number[]): Tensor => {
    const moments = keep(fill(shape, 0));
    made.push(moments);
    return moments;
  };
  try {
    return parameters.map(({ tensor: param }) => ({ param, m: zeros(param.shape), v: zeros(param.shape) }));
  } catch (error) {
    for (const each of made) each.dispose();
    throw error;
  }
}
