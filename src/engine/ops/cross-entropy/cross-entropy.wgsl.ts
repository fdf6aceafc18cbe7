/**
 * Softmax cross-entropy in WGSL. A workgroup a row of logits [B,C] gives the row's part of the loss and its dlogits; a second
 * shader adds the parts in order. The label weights' sum, which both divide by, is added by every workgroup for itself.
 */
import { f32Literal, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { workgroupSumCode } from '../row-reduce.wgsl.ts';

const THREADS = 64;

/** `classWeights` is bound if `weighted`. Workgroups: B. */
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
var<workgroup> largest_of: array<f32, ${THREADS}>;
const SMOOTHING = ${f32Literal(labelSmoothing)};
const SMOOTHING_EACH = ${f32Literal(labelSmoothing / C)};

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup_index(workgroup, count);
  let B = arrayLength(&labels);
  if (row >= B) { return; }
  let begin = row * ${C}u;
  let label = u32(labels[row]);

  var label_weight_part = 0.0;
  for (var i = thread; i < B; i += ${THREADS}u) { label_weight_part += ${weight('labels[i]')}; }
  let label_weights = workgroup_sum(thread, label_weight_part);

  var all_weights_part = 0.0;
  var largest_part = logits[begin];
  for (var c = thread; c < ${C}u; c += ${THREADS}u) {
    all_weights_part += ${weight('c')};
    largest_part = max(largest_part, logits[begin + c]);
  }
  let all_weights = workgroup_sum(thread, all_weights_part);
  largest_of[thread] = largest_part;
  workgroupBarrier();
  var largest = largest_of[0];
  for (var i = 1u; i < ${THREADS}u; i++) { largest = max(largest, largest_of[i]); }

  var sum_part = 0.0;
  for (var c = thread; c < ${C}u; c += ${THREADS}u) { sum_part += exp(logits[begin + c] - largest); }
  let log_sum = largest + log(workgroup_sum(thread, sum_part));

  let mass = (1.0 - SMOOTHING) * ${weight('label')} + SMOOTHING_EACH * all_weights;
  var loss_part = 0.0;
  for (var c = thread; c < ${C}u; c += ${THREADS}u) {
    let log_p = logits[begin + c] - log_sum;
    let wanted = select(0.0, (1.0 - SMOOTHING) * ${weight('label')}, c == label) + SMOOTHING_EACH * ${weight('c')};
    loss_part -= wanted * log_p;
    dlogits[begin + c] = (exp(log_p) * mass - wanted) / label_weights;
  }
  let loss = workgroup_sum(thread, loss_part);
  if (thread == 0u) { losses[row] = loss / label_weights; }
}`,
  });
}

/** loss = the sum of losses [B], one workgroup. */
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
