/**
 * Binary cross-entropy of logits in WGSL. A workgroup a row of logits [B,C] gives the row's part of the mean and its dlogits; the parts
 * are added in order by cross-entropy's second shader.
 */
import { shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { workgroupSumCode } from '../row-reduce.wgsl.ts';

const THREADS = 64;

/** `posWeights` is bound if `weighted`. Workgroups: B. */
export function binaryCrossEntropyShader({
  C,
  weighted,
}: {
  C: number;
  weighted: boolean;
}): Shader<'logits' | 'targets' | 'posWeights' | 'losses' | 'dlogits'> {
  return shader({
    label: `binary cross-entropy C${C}`,
    bindings: {
      logits: 'read array<f32>',
      targets: 'read array<f32>',
      posWeights: weighted ? 'read array<f32>' : undefined,
      losses: 'write array<f32>',
      dlogits: 'write array<f32>',
    },
    code: `${WORKGROUP_INDEX}
${workgroupSumCode('f32', THREADS)}

// log(1 + e) for e in (0, 1]: the series where the sum would round e away.
fn log_one_plus(e: f32) -> f32 {
  return select(log(1.0 + e), e * (1.0 - e * (0.5 - e * (0.33333333333 - 0.25 * e))), e < 0.01);
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup_index(workgroup, count);
  let terms = arrayLength(&logits);
  if (row >= terms / ${C}u) { return; }
  var loss_part = 0.0;
  for (var c = thread; c < ${C}u; c += ${THREADS}u) {
    let x = logits[row * ${C}u + c];
    let y = targets[row * ${C}u + c];
    let weight = ${weighted ? 'posWeights[c]' : '1.0'};
    let both = 1.0 + (weight - 1.0) * y;
    let e = exp(-abs(x));
    let sigmoid = select(1.0, e, x < 0.0) / (1.0 + e);
    loss_part += (1.0 - y) * x + both * (max(-x, 0.0) + log_one_plus(e));
    dlogits[row * ${C}u + c] = (both * sigmoid - weight * y) / f32(terms);
  }
  let loss = workgroup_sum(thread, loss_part);
  if (thread == 0u) { losses[row] = loss / f32(terms); }
}`,
  });
}
