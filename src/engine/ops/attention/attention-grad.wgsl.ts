/**
 * Attention backward in WGSL, two shaders without atomics. Both draw the weights again from lse: P = exp(S - lse).
 * The first takes a block of queries, computes delta = rowsum(out∘dout), walks over the row's keys and gives dQ; the second
 * takes a block of keys, walks over the row's queries and gives dK and dV. With the dropout factors M:
 * dV = (P∘M)ᵀ·dO, dS = P∘(M∘(dO·Vᵀ) - delta), dQ = dS·K/√D, dK = dSᵀ·Q/√D.
 */
import { floatArray, shader, unroll, type Shader } from '../../backend/webgpu/shader.ts';
import { dropoutBindingTypes, dropoutCode } from '../dropout/philox.wgsl.ts';
import {
  attentionMain,
  findBlockCode,
  loadHeadCode,
  putHeadCode,
  scoresCode,
  shareScores,
  stageHead,
} from './attention-blocks.wgsl.ts';
import { planHead, type AttentionParams, type HeadPlan, type PositionsPlan } from './attention-plan.ts';
import { relativeBindingTypes, relativeCode, relativeScoresCode, scaleText } from './attention-relative.wgsl.ts';

/** dqkv's first third, and delta [T,heads] for the second shader. Workgroups [blockCount(queries), heads, 1]. */
export function attentionQueryGradShader({
  block,
  rate,
  positions,
  ...sizes
}: AttentionParams): Shader<
  'dout' | 'qkv' | 'out' | 'lse' | 'offsets' | 'rng' | 'place' | 'relative' | 'places' | 'delta' | 'dqkv'
> {
  const plan = planHead(sizes);
  const { D, H, columns, rows, units } = plan;
  const { heads } = sizes;
  const { queries, keys } = block;
  const hasPositions = positions.units > 0;
  const keys4 = keys / 4;
  const scores = shareScores(plan, queries, keys4);
  const gradQueries = queries / rows;
  const array = floatArray(plan.vec4);
  return shader({
    label: `attention dQ H${H} heads ${heads}`,
    bindings: {
      dout: `read ${array}`,
      qkv: `read ${array}`,
      out: `read ${array}`,
      lse: 'read array<f32>',
      offsets: 'read array<i32>',
      ...dropoutBindingTypes(rate),
      ...relativeBindingTypes(positions, plan),
      delta: 'write array<f32>',
      dqkv: `write ${array}`,
    },
    code: `
var<workgroup> tile_q: array<vec4f, ${queries * columns}>;
var<workgroup> tile_dout: array<vec4f, ${queries * columns}>;
var<workgroup> tile_k: array<vec4f, ${keys * columns}>;
var<workgroup> tile_v: array<vec4f, ${keys * columns}>;
var<workgroup> dscores: array<vec4f, ${queries * keys4}>;
var<workgroup> lse_of: array<f32, ${queries}>;
var<workgroup> delta_of: array<f32, ${queries}>;
${commonCode(plan, positions, heads, queries, rate)}
${loadHeadCode('out', H, plan)}

${attentionMain(plan)} {
  let block = find_block(workgroup.x);
  let head = workgroup.y;
  let column = thread % ${columns}u;
  if (block.row_end == 0u) {
    for (var token = block.begin + thread / ${columns}u; token < min(block.begin + ${queries}u, arrayLength(&lse) / ${heads}u); token += ${rows}u) {
      put_dqkv(token, head * ${D}u, column, vec4f(0.0));
    }
    return;
  }
  ${stageHead('tile_q', 'qkv', queries, plan, 'block.begin', 'block.row_end', `head * ${D}u`)}
  ${stageHead('tile_dout', 'dout', queries, plan, 'block.begin', 'block.row_end', `head * ${D}u`)}
  workgroupBarrier();
  for (var query = thread; query < ${queries}u; query += ${plan.threads}u) {
    let token = block.begin + query;
    var query_lse = 0.0;
    var query_delta = 0.0;
    if (token < block.row_end) {
      query_lse = lse[token * ${heads}u + head];
      for (var unit = 0u; unit < ${units}u; unit++) {
        query_delta += dot(tile_dout[query * ${columns}u + unit], load_out(token, head * ${D}u, unit));
      }
      delta[token * ${heads}u + head] = query_delta;
    }
    lse_of[query] = query_lse;
    delta_of[query] = query_delta;
  }
  ${scores.declare}
  ${unroll(gradQueries, (i) => `let row_${i} = thread / ${columns}u + ${i * rows}u;\n  var dq_${i} = vec4f(0.0);`)}

  for (var key = block.row_begin; key < block.row_end; key += ${keys}u) {
    ${stageHead('tile_k', 'qkv', keys, plan, 'key', 'block.row_end', `${H}u + head * ${D}u`)}
    ${stageHead('tile_v', 'qkv', keys, plan, 'key', 'block.row_end', `${2 * H}u + head * ${D}u`)}
    workgroupBarrier();
    let valid = vec4u(key + key4 * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(block.row_end);
    ${scorePairs(plan, positions, scores.each, { query: 'block.begin', key: 'key' })}
    ${unroll(
      scores.each,
      (i) => `{
      let weight = select(vec4f(0.0), exp(score_${i} * SCALE - lse_of[query_${i}]), valid);
      ${rate > 0 ? `dweight_${i} *= dropout_factors((key - block.row_begin) / 4u + key4, (block.begin + query_${i}) * ${heads}u + head);` : ''}
      let dscore = weight * (dweight_${i} - delta_of[query_${i}]) * SCALE;
      ${scores.guard(i, `dscores[query_${i} * ${keys4}u + key4] = dscore;`)}
    }`,
    )}
    workgroupBarrier();
    for (var j = 0u; j < ${keys4}u; j++) {
      ${unroll(4, (k) => `let k${k} = tile_k[(4u * j + ${k}u) * ${columns}u + column];`)}
      ${unroll(
        gradQueries,
        (i) => `let ds_${i} = dscores[row_${i} * ${keys4}u + j];
      dq_${i} += ds_${i}.x * k0 + ds_${i}.y * k1 + ds_${i}.z * k2 + ds_${i}.w * k3;
      ${hasPositions ? unroll(4, (k) => `dq_${i} += ds_${i}[${k}] * relative_key(place_of(block.begin + row_${i}, key + 4u * j + ${k}u), head * ${D}u, column);`) : ''}`,
      )}
    }
    workgroupBarrier();
  }
  ${unroll(
    gradQueries,
    (i) => `if (block.begin + row_${i} < block.row_end) { put_dqkv(block.begin + row_${i}, head * ${D}u, column, dq_${i}); }`,
  )}
}`,
  });
}

/** dqkv's other two thirds. Workgroups [blockCount(keys), heads, 1]. */
export function attentionKeyGradShader({
  block,
  rate,
  positions,
  ...sizes
}: AttentionParams): Shader<'dout' | 'qkv' | 'lse' | 'delta' | 'offsets' | 'rng' | 'place' | 'relative' | 'places' | 'dqkv'> {
  const plan = planHead(sizes);
  const { D, H, columns, rows } = plan;
  const { heads } = sizes;
  const { queries, keys } = block;
  const hasPositions = positions.units > 0;
  const keys4 = keys / 4;
  const scores = shareScores(plan, queries, keys4);
  const array = floatArray(plan.vec4);
  return shader({
    label: `attention dK dV H${H} heads ${heads}`,
    bindings: {
      dout: `read ${array}`,
      qkv: `read ${array}`,
      lse: 'read array<f32>',
      delta: 'read array<f32>',
      offsets: 'read array<i32>',
      ...dropoutBindingTypes(rate),
      ...relativeBindingTypes(positions, plan),
      dqkv: `write ${array}`,
    },
    code: `
var<workgroup> tile_q: array<vec4f, ${queries * columns}>;
var<workgroup> tile_dout: array<vec4f, ${queries * columns}>;
var<workgroup> tile_k: array<vec4f, ${keys * columns}>;
var<workgroup> tile_v: array<vec4f, ${keys * columns}>;
var<workgroup> dscores: array<vec4f, ${queries * keys4}>;
var<workgroup> weights: array<vec4f, ${queries * keys4}>;
${commonCode(plan, positions, heads, keys, rate)}

${attentionMain(plan)} {
  let block = find_block(workgroup.x);
  let head = workgroup.y;
  let column = thread % ${columns}u;
  if (block.row_end == 0u) {
    for (var token = block.begin + thread / ${columns}u; token < min(block.begin + ${keys}u, arrayLength(&lse) / ${heads}u); token += ${rows}u) {
      put_dqkv(token, ${H}u + head * ${D}u, column, vec4f(0.0));
      put_dqkv(token, ${2 * H}u + head * ${D}u, column, vec4f(0.0));
    }
    return;
  }
  ${stageHead('tile_k', 'qkv', keys, plan, 'block.begin', 'block.row_end', `${H}u + head * ${D}u`)}
  ${stageHead('tile_v', 'qkv', keys, plan, 'block.begin', 'block.row_end', `${2 * H}u + head * ${D}u`)}
  ${scores.declare}
  let group = thread / ${columns}u;
  let block_key4 = (block.begin - block.row_begin) / 4u + key4;
  let valid = vec4u(block.begin + key4 * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(block.row_end);
  ${unroll(4, (k) => `var dk_${k} = vec4f(0.0);\n  var dv_${k} = vec4f(0.0);`)}

  for (var first = block.row_begin; first < block.row_end; first += ${queries}u) {
    ${stageHead('tile_q', 'qkv', queries, plan, 'first', 'block.row_end', `head * ${D}u`)}
    ${stageHead('tile_dout', 'dout', queries, plan, 'first', 'block.row_end', `head * ${D}u`)}
    workgroupBarrier();
    ${scorePairs(plan, positions, scores.each, { query: 'first', key: 'block.begin' })}
    ${unroll(
      scores.each,
      (i) => `{
      let token = first + query_${i};
      var weight = vec4f(0.0);
      var dscore = vec4f(0.0);
      if (token < block.row_end) {
        weight = select(vec4f(0.0), exp(score_${i} * SCALE - lse[token * ${heads}u + head]), valid);
        ${rate > 0 ? `let factors = dropout_factors(block_key4, token * ${heads}u + head);` : ''}
        dscore = weight * (dweight_${i}${rate > 0 ? ' * factors' : ''} - delta[token * ${heads}u + head]) * SCALE;
        ${rate > 0 ? 'weight *= factors;' : ''}
      }
      ${scores.guard(
        i,
        `weights[query_${i} * ${keys4}u + key4] = weight;
      dscores[query_${i} * ${keys4}u + key4] = dscore;`,
      )}
    }`,
    )}
    workgroupBarrier();
    for (var query = 0u; query < ${queries}u; query++) {
      let q = tile_q[query * ${columns}u + column];
      let dout_here = tile_dout[query * ${columns}u + column];
      let weight = weights[query * ${keys4}u + group];
      let dscore = dscores[query * ${keys4}u + group];
      ${unroll(4, (k) => `dk_${k} += dscore[${k}] * q;\n      dv_${k} += weight[${k}] * dout_here;`)}
      ${hasPositions ? unroll(4, (k) => `dk_${k} += dscore[${k}] * relative_query(place_of(first + query, block.begin + group * 4u + ${k}u), head * ${D}u, column);`) : ''}
    }
    workgroupBarrier();
  }
  ${unroll(
    4,
    (k) => `if (block.begin + group * 4u + ${k}u < block.row_end) {
    put_dqkv(block.begin + group * 4u + ${k}u, ${H}u + head * ${D}u, column, dk_${k});
    put_dqkv(block.begin + group * 4u + ${k}u, ${2 * H}u + head * ${D}u, column, dv_${k});
  }`,
  )}
}`,
  });
}

function commonCode(plan: HeadPlan, positions: PositionsPlan, heads: number, block: number, rate: number): string {
  const H = heads * plan.D;
  return `const SCALE = ${scaleText(plan, positions)};
${findBlockCode(block)}
${loadHeadCode('qkv', 3 * H, plan)}
${loadHeadCode('dout', H, plan)}
${putHeadCode('dqkv', 3 * H, plan)}
${relativeCode(plan, positions)}
${dropoutCode(rate)}`;
}

/** Unscaled scores and dO·Vᵀ of this thread's queries and four keys, as score_i and dweight_i; `tokens` as in relativeScoresCode. */
function scorePairs(
  plan: HeadPlan,
  positions: PositionsPlan,
  count: number,
  tokens: { readonly query: string; readonly key: string },
): string {
  return `${unroll(count, (i) => `var score_${i} = vec4f(0.0);\n    var dweight_${i} = vec4f(0.0);`)}
    ${scoresCode(plan, count, [
      { name: 'score', queries: 'tile_q', keys: 'tile_k' },
      { name: 'dweight', queries: 'tile_dout', keys: 'tile_v' },
    ])}
    ${relativeScoresCode(plan, positions, count, tokens, { queries: 'tile_q', keys: 'tile_k' })}`;
}
