/**
 * Softmax cross-entropy in WGSL. A thread a row of logits [B,C] gives the row's part of the loss and its dlogits: classifiers have few
 * classes, so that sharing a row out would cost more than it saves. The parts are added in a fixed order, those of a workgroup here, those
 * of several by a second shader. The label weights' sum, which all divide by, is added by every workgroup for itself.
 */
import { f32Literal, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { workgroupSumCode } from '../row-reduce.wgsl.ts';

/** Rows of a workgroup. */
export const CROSS_ENTROPY_ROWS = 64;
const THREADS = CROSS_ENTROPY_ROWS;

/** losses [workgroups]; `classWeights` is bound if `weighted`. Workgroups: B / CROSS_ENTROPY_ROWS. */
export function crossEntropyShader({
  C,
  labelSmoothing,
  weighted,
}: {
  C: number;
  labelSmoothing: number;
  weighted: boolean;
}): Shader<'logits' | 'labels' | 'classWeights' | 'losses' | 'dlogits'> {
  const weight = (c: string): string => (weighted ? `classWeights[${c}]` : '1.0');
  return shader({
    label: `cross-entropy C${C}`,
    bindings: {
      logits: 'read array<f32>',
      labels: 'read array<i32>',
      classWeights: weighted ? 'read array<f32>' : undefined,
      losses: 'write array<f32>',
      dlogits: 'write array<f32>',
    },
    code: `${WORKGROUP_INDEX}
${workgroupSumCode('f32', THREADS)}
const SMOOTHING = ${f32Literal(labelSmoothing)};
const SMOOTHING_EACH = ${f32Literal(labelSmoothing / C)};

/** The row's loss before it is divided by the label weights. */
fn row_loss(row: u32, label_weights: f32) -> f32 {
  let begin = row * ${C}u;
  let label = u32(labels[row]);
  var all_weights = 0.0;
  var largest = logits[begin];
  for (var c = 0u; c < ${C}u; c++) {
    all_weights += ${weight('c')};
    largest = max(largest, logits[begin + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < ${C}u; c++) { sum += exp(logits[begin + c] - largest); }
  let log_sum = largest + log(sum);
  let mass = (1.0 - SMOOTHING) * ${weight('label')} + SMOOTHING_EACH * all_weights;
  var loss = 0.0;
  for (var c = 0u; c < ${C}u; c++) {
    let log_p = logits[begin + c] - log_sum;
    let wanted = select(0.0, (1.0 - SMOOTHING) * ${weight('label')}, c == label) + SMOOTHING_EACH * ${weight('c')};
    loss -= wanted * log_p;
    dlogits[begin + c] = (exp(log_p) * mass - wanted) / label_weights;
  }
  return loss;
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let number = workgroup_index(workgroup, count);
  let row = number * ${THREADS}u + thread;
  let B = arrayLength(&labels);
  ${
    weighted
      ? `var label_weights_part = 0.0;
  for (var i = thread; i < B; i += ${THREADS}u) { label_weights_part += classWeights[labels[i]]; }
  let label_weights = workgroup_sum(thread, label_weights_part);`
      : 'let label_weights = f32(B);'
  }
  var loss = 0.0;
  if (row < B) { loss = row_loss(row, label_weights); }
  let sum = workgroup_sum(thread, loss);
  if (thread == 0u && number < arrayLength(&losses)) { losses[number] = sum / label_weights; }
}`,
  });
}

/** loss = the sum of losses, one workgroup. */
export function sumLossesShader(): Shader<'losses' | 'loss'> {
  return shader({
    label: 'cross-entropy sum',
    bindings: { losses: 'read array<f32>', loss: 'write array<f32>' },
    code: `${workgroupSumCode('f32', THREADS)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  var part = 0.0;
  for (var i = thread; i < arrayLength(&losses); i += ${THREADS}u) { part += losses[i]; }
  let sum = workgroup_sum(thread, part);
  if (thread == 0u) { loss[0] = sum; }
}`,
  });
}
