/** AdamW over all parameters of a model: the moments, the step count, and the two kernels of a step. */
import { keep, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Parameter } from '../models/classifier.ts';
import { adamW, type AdamWState } from '../ops/adamw/adamw.ts';
import { HYPER } from '../ops/contract.ts';
import { globalNorm } from '../ops/global-norm/global-norm.ts';

export interface AdamWSettings {
  /** Decoupled, not on biases and LayerNorm. */
  readonly weightDecay: number;
  /** Gradients are scaled down to this L2 norm; 0: never. */
  readonly maxGradNorm: number;
}

export interface Optimizer {
  /**
   * One step, in place on the parameters. `gradients` in the order of the parameters; the caller disposes them.
   * Returns their norm [1] before clipping, which the caller disposes.
   */
  step(gradients: readonly Tensor[], learningRate: number): Tensor;
  dispose(): void;
}

/** torch.optim.AdamW's defaults. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPS = 1e-8;

export function createAdamW(parameters: readonly Parameter[], settings: AdamWSettings): Optimizer {
  const states: readonly AdamWState[] = parameters.map(({ tensor: param }) => ({
    param,
    m: keep(zeros(param.shape)),
    v: keep(zeros(param.shape)),
  }));
  let stepsDone = 0;

  return {
    step(gradients, learningRate) {
      if (gradients.length !== parameters.length) {
        throw new Error(`AdamW: ${gradients.length} gradients for ${parameters.length} parameters`);
      }
      stepsDone++;
      const values = new Float32Array(Object.keys(HYPER).length);
      values[HYPER.learningRate] = learningRate;
      values[HYPER.beta1] = BETA_1;
      values[HYPER.beta2] = BETA_2;
      values[HYPER.eps] = EPS;
      values[HYPER.weightDecay] = settings.weightDecay;
      values[HYPER.correction1] = 1 - BETA_1 ** stepsDone;
      values[HYPER.correction2] = 1 - BETA_2 ** stepsDone;
      values[HYPER.maxGradNorm] = settings.maxGradNorm;
      const hyper = tensor(values);
      const norm = globalNorm(gradients);
      states.forEach((state, i) => adamW(state, gradients[i]!, norm, hyper, parameters[i]!.decay));
      hyper.dispose();
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
