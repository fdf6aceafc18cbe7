/**
 * AddLayerNorm in WGSL. Forward: a workgroup a row, which stays in registers. Backward: a workgroup takes a run of rows, writes
 * ds (and dx through the dropout) and keeps dgamma and dbeta of its run, which column sums then add in order.
 */
import { f32Literal, floatArray, shader, WORKGROUP_INDEX, type Shader } from '../../backend/webgpu/shader.ts';
import { dropoutBindingTypes, dropoutCode } from '../dropout/philox.wgsl.ts';
import { eachUnit, planRow, unitDot, unitSum, workgroupSumCode, type RowPlan } from '../row-reduce.wgsl.ts';

type Params = { readonly H: number; readonly rate: number };

const MAIN = (threads: number): string => `
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) thread: u32)`;

/** The factor of the unit at `element / 4` (vec4) or `element`. */
const factor = ({ vec4 }: RowPlan): string => (vec4 ? 'dropout_factors(place_of_unit, 0u)' : 'dropout_factor(place_of_unit)');

export type AddLayerNormBindings = 'x' | 'residual' | 'gamma' | 'beta' | 'rng' | 'place' | 'y' | 's' | 'mean' | 'rstd';

/**
 * What is bound depends on the parameters: `residual` if there is one, `rng` and `place` for a rate above 0, `s` unless it is x
 * itself (neither residual nor dropout). Workgroups: T.
 */
export function addLayerNormShader(
  params: Params & { readonly eps: number; readonly residual: boolean },
): Shader<AddLayerNormBindings> {
  const { H, rate, eps, residual } = params;
  const plan = planRow(H);
  const array = floatArray(plan.vec4);
  const writesS = residual || rate > 0;
  return shader({
    label: `add layer norm H${H}`,
    bindings: {
      x: `read ${array}`,
      residual: residual ? `read ${array}` : undefined,
      gamma: `read ${array}`,
      beta: `read ${array}`,
      ...dropoutBindingTypes(rate),
      y: `write ${array}`,
      s: writesS ? `write ${array}` : undefined,
      mean: 'write array<f32>',
      rstd: 'write array<f32>',
    },
    code: `${WORKGROUP_INDEX}
${workgroupSumCode('f32', plan.threads)}
${dropoutCode(rate)}
${MAIN(plan.threads)} {
  let row = workgroup_index(workgroup, count);
  if (row >= arrayLength(&mean)) { return; }
  var sum = 0.0;
  ${declareUnits(plan, 's')}
  ${eachUnit(
    plan,
    (i) => `let place_of_unit = row * ${plan.units}u + unit;
    s_${i} = x[place_of_unit]${rate > 0 ? ` * ${factor(plan)}` : ''}${residual ? ' + residual[place_of_unit]' : ''};
    ${writesS ? `s[place_of_unit] = s_${i};` : ''}
    sum += ${unitSum(plan, `s_${i}`)};`,
  )}
  let row_mean = workgroup_sum(thread, sum) / ${H}.0;
  var squares = 0.0;
  ${eachUnit(plan, (i) => `let d = s_${i} - row_mean;\n    squares += ${unitDot(plan, 'd', 'd')};`)}
  let row_rstd = 1.0 / sqrt(workgroup_sum(thread, squares) / ${H}.0 + ${f32Literal(eps)});
  ${eachUnit(plan, (i) => `y[row * ${plan.units}u + unit] = (s_${i} - row_mean) * row_rstd * gamma[unit] + beta[unit];`)}
  if (thread == 0u) {
    mean[row] = row_mean;
    rstd[row] = row_rstd;
  }
}`,
  });
}

export type AddLayerNormGradBindings = 'dy' | 's' | 'mean' | 'rstd' | 'gamma' | 'rng' | 'place' | 'ds' | 'dx' | 'parts';

/**
 * `rng`, `place` and `dx` are bound for a rate above 0 (else dx is ds). Each workgroup takes an equal run of rows;
 * parts [workgroups, 2, H] get its sums of dy∘n and dy.
 */
export function addLayerNormGradShader({ H, rate }: Params): Shader<AddLayerNormGradBindings> {
  const plan = planRow(H);
  const array = floatArray(plan.vec4);
  return shader({
    label: `add layer norm backward H${H}`,
    bindings: {
      dy: `read ${array}`,
      s: `read ${array}`,
      mean: 'read array<f32>',
      rstd: 'read array<f32>',
      gamma: `read ${array}`,
      ...dropoutBindingTypes(rate),
      ds: `write ${array}`,
      dx: rate > 0 ? `write ${array}` : undefined,
      parts: `write ${array}`,
    },
    code: `${WORKGROUP_INDEX}
${workgroupSumCode('vec2f', plan.threads)}
${dropoutCode(rate)}
${MAIN(plan.threads)} {
  let rows = arrayLength(&mean);
  let rows_each = (rows + count.x - 1u) / count.x;
  ${declareUnits(plan, 'dgamma')}
  ${declareUnits(plan, 'dbeta')}
  for (var row = workgroup.x * rows_each; row < min((workgroup.x + 1u) * rows_each, rows); row++) {
    ${declareUnits(plan, 'g')}
    ${declareUnits(plan, 'n')}
    var sums = vec2f(0.0);
    ${eachUnit(
      plan,
      (i) => `let place_of_unit = row * ${plan.units}u + unit;
    let d = dy[place_of_unit];
    n_${i} = (s[place_of_unit] - mean[row]) * rstd[row];
    g_${i} = d * gamma[unit];
    dgamma_${i} += d * n_${i};
    dbeta_${i} += d;
    sums += vec2f(${unitSum(plan, `g_${i}`)}, ${unitDot(plan, `g_${i}`, `n_${i}`)});`,
    )}
    let means = workgroup_sum(thread, sums) / ${H}.0;
    ${eachUnit(
      plan,
      (i) => `let place_of_unit = row * ${plan.units}u + unit;
    let d = rstd[row] * (g_${i} - means.x - n_${i} * means.y);
    ds[place_of_unit] = d;
    ${rate > 0 ? `dx[place_of_unit] = d * ${factor(plan)};` : ''}`,
    )}
  }
  ${eachUnit(
    plan,
    (i) => `parts[workgroup.x * ${2 * plan.units}u + unit] = dgamma_${i};
    parts[workgroup.x * ${2 * plan.units}u + ${plan.units}u + unit] = dbeta_${i};`,
  )}
}`,
  });
}

function declareUnits({ each, unitType }: RowPlan, name: string): string {
  return Array.from({ length: each }, (_, i) => `var ${name}_${i} = ${unitType}(0.0);`).join('\n  ');
}
