/** Loss, AdamW and schedules against PyTorch's and transformers' numbers: reference/training_fixture.py wrote them. */
import { engine, keep, tensor } from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { binaryCrossEntropy } from '../ops/binary-cross-entropy/binary-cross-entropy.ts';
import { crossEntropy, unitGradient } from '../ops/cross-entropy/cross-entropy.ts';
import { expectAllClose } from '../testing/all-close.ts';
import { describeBackends } from '../testing/node/backends.ts';
import { TOLERANCES } from '../testing/tolerances.ts';
import type { SchedulerType } from './arguments.ts';
import { createAdamW } from './optimizer.ts';
import { countWarmupSteps, createSchedule } from './schedule.ts';

interface Fixture {
  readonly losses: readonly {
    readonly logits: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly class_weights: readonly number[] | null;
    readonly label_smoothing: number;
    readonly loss: number;
    readonly gradient: readonly (readonly number[])[];
  }[];
  readonly binary_losses: readonly {
    readonly logits: readonly (readonly number[])[];
    readonly flags: readonly (readonly number[])[];
    readonly pos_weight: readonly number[] | null;
    readonly loss: number;
    readonly gradient: readonly (readonly number[])[];
  }[];
  readonly adamw: {
    readonly settings: {
      readonly lr: number;
      readonly betas: readonly [number, number];
      readonly eps: number;
      readonly weight_decay: number;
      readonly max_grad_norm: number;
    };
    readonly start: readonly number[];
    readonly gradients: readonly (readonly number[])[];
    readonly norms: readonly number[];
    readonly values: readonly (readonly number[])[];
  };
  readonly schedules: readonly {
    readonly type: SchedulerType;
    readonly warmup: number;
    readonly total: number;
    readonly factors: readonly number[];
  }[];
  readonly warmup: readonly { readonly total: number; readonly warmup_steps: number; readonly expected: number }[];
}

const path = new URL('../../../reference/fixtures/training.json', import.meta.url);
const { losses, binary_losses, adamw, schedules, warmup } = JSON.parse(readFileSync(path, 'utf8')) as Fixture;

/** The same formula in f64. */
const FORMULA = { relative: 1e-12, scale: 0, floor: 1e-15 };

describe("transformers' schedules", () => {
  test.each(schedules)('$type, $warmup warm-up steps of $total', ({ type, warmup: steps, total, factors }) => {
    const schedule = createSchedule(type, steps, total);
    expectAllClose(
      'factors',
      factors.map((_, step) => schedule(step)),
      factors,
      FORMULA,
    );
  });

  test.each(warmup)('warmup_steps $warmup_steps of $total', ({ total, warmup_steps, expected }) => {
    expectAllClose('steps', [countWarmupSteps(total, { warmup_steps, warmup_ratio: 0 })], [expected], TOLERANCES.exact);
  });
});

describeBackends("PyTorch's numbers", () => {
  test.each(losses)('loss with class weights $class_weights, smoothing $label_smoothing', async (expected) => {
    const logits = tensor(expected.logits.map((row) => [...row])); // [B,C]
    const labels = tensor([...expected.labels], [expected.labels.length], 'int32'); // [B]
    const classWeights = expected.class_weights && tensor([...expected.class_weights]); // [C]
    const options = { labelSmoothing: expected.label_smoothing, ...(classWeights && { classWeights }) };
    const unit = unitGradient();
    const { value, grads } = engine().gradients(() => crossEntropy(logits, labels, options), [logits], unit);
    expectAllClose('loss', await value.data(), [expected.loss], TOLERANCES.kernel);
    expectAllClose('gradient', await grads[0]!.data(), expected.gradient.flat(), TOLERANCES.kernel);
    for (const each of [logits, labels, classWeights, unit, value, ...grads]) each?.dispose();
  });

  test.each(binary_losses)('binary loss with weights of positives $pos_weight', async (expected) => {
    const [logits, flags] = [expected.logits, expected.flags].map((rows) =>
      tensor(
        rows.map((row) => [...row]),
        undefined,
        'float32',
      ),
    );
    const weights = expected.pos_weight ? tensor([...expected.pos_weight]) : undefined; // [C]
    const unit = unitGradient();
    const { value, grads } = engine().gradients(() => binaryCrossEntropy(logits!, flags!, weights), [logits!], unit);
    expectAllClose('loss', await value.data(), [expected.loss], TOLERANCES.kernel);
    expectAllClose('gradient', await grads[0]!.data(), expected.gradient.flat(), TOLERANCES.kernel);
    for (const each of [logits, flags, weights, unit, value, ...grads]) each?.dispose();
  });

  test('AdamW with settings of its own, and clipping', async () => {
    const { lr, betas, eps, weight_decay, max_grad_norm } = adamw.settings;
    const parameter = keep(tensor(Float32Array.from(adamw.start)));
    const optimizer = createAdamW([{ name: 'p', tensor: parameter, decay: true }], {
      weightDecay: weight_decay,
      maxGradNorm: max_grad_norm,
      beta1: betas[0],
      beta2: betas[1],
      eps,
    });
    for (const [step, values] of adamw.gradients.entries()) {
      const gradient = tensor([...values]);
      const norm = optimizer.step([gradient], lr);
      expectAllClose('norm', await norm.data(), [adamw.norms[step]!], TOLERANCES.kernel);
      expectAllClose(`parameter after step ${step + 1}`, await parameter.data(), adamw.values[step]!, TOLERANCES.kernel);
      for (const each of [gradient, norm]) each.dispose();
    }
    optimizer.dispose();
    parameter.dispose();
  });
});
