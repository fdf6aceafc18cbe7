/** AdamW in WGSL, in place, an element or vec4f a thread: 28 bytes moved a parameter. */
import { floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { HYPER } from '../contract.ts';
import { elementwiseCut } from '../elementwise.wgsl.ts';

export const ADAMW_THREADS = 256;

/** The place of a number in `hyper`, bound as two vec4f. */
const hyper = (name: keyof typeof HYPER): string => `hyper[${HYPER[name] >> 2}][${HYPER[name] & 3}]`;

export function adamWShader({
  decay,
  vec4,
}: {
  decay: boolean;
  vec4: boolean;
}): Shader<'param' | 'm' | 'v' | 'grad' | 'norm' | 'hyper'> {
  const array = floatArray(vec4);
  return shader({
    label: `adamw${decay ? ' with decay' : ''}`,
    bindings: {
      param: `write ${array}`,
      m: `write ${array}`,
      v: `write ${array}`,
      grad: `read ${array}`,
      norm: 'uniform f32',
      hyper: 'uniform array<vec4f, 2>',
    },
    code: `${WORKGROUP_INDEX}
@compute @workgroup_size(${ADAMW_THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = workgroup_index(workgroup, count) * ${ADAMW_THREADS}u + thread;
  if (i >= arrayLength(&param)) { return; }
  let clip = select(1.0, min(1.0, ${hyper('maxGradNorm')} / (norm + 1e-6)), ${hyper('maxGradNorm')} > 0.0);
  let g = grad[i] * clip;
  let first = ${hyper('beta1')} * m[i] + (1.0 - ${hyper('beta1')}) * g;
  let second = ${hyper('beta2')} * v[i] + (1.0 - ${hyper('beta2')}) * g * g;
  m[i] = first;
  v[i] = second;
  let shrunk = param[i]${decay ? ` * (1.0 - ${hyper('learningRate')} * ${hyper('weightDecay')})` : ''};
  let denominator = sqrt(second) / sqrt(${hyper('correction2')}) + ${hyper('eps')};
  param[i] = shrunk - (${hyper('learningRate')} / ${hyper('correction1')}) * first / denominator;
}`,
    cut: elementwiseCut(['param', 'm', 'v', 'grad'], ADAMW_THREADS, vec4),
  });
}
