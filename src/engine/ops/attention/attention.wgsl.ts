/**
 * Attention forward in WGSL, as FlashAttention does it: a workgroup holds a block of queries and walks over the row's keys in
 * slices, keeping for each query the largest score, the sum of exponentials and the weighted sum of values so far.
 * The scores of a slice: thread (query, four keys). The weighted values: thread (queries, vec4f of the head).
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
import { planHead, type AttentionParams } from './attention-plan.ts';
import { relativeBindingTypes, relativeCode, relativeScoresCode, scaleText } from './attention-relative.wgsl.ts';

/** Lower than any score; finite, because shader compilers may assume that there is no infinity. */
const NO_SCORE = '-1e30';

/** qkv [T,3H] -> out [T,H], lse [T,heads]. Workgroups [blockCount, heads, 1]. */
export function attentionShader({
  block,
  rate,
  positions,
  ...sizes
}: AttentionParams): Shader<'qkv' | 'offsets' | 'rng' | 'place' | 'relative' | 'places' | 'out' | 'lse'> {
  const plan = planHead(sizes);
  const { D, H, columns, rows } = plan;
  const { heads } = sizes;
  const { queries, keys } = block;
  const keys4 = keys / 4;
  const scores = shareScores(plan, queries, keys4);
  const valueQueries = queries / rows;
  return shader({
    label: `attention H${H} heads ${heads}`,
    bindings: {
      qkv: `read ${floatArray(plan.vec4)}`,
      offsets: 'read array<i32>',
      ...dropoutBindingTypes(rate),
      ...relativeBindingTypes(positions, plan),
      out: `write ${floatArray(plan.vec4)}`,
      lse: 'write array<f32>',
    },
    code: `
var<workgroup> tile_q: array<vec4f, ${queries * columns}>;
var<workgroup> tile_kv: array<vec4f, ${keys * columns}>;
var<workgroup> weights: array<vec4f, ${queries * keys4}>;
var<workgroup> largest_parts: array<f32, ${queries * keys4}>;
var<workgroup> sum_parts: array<f32, ${queries * keys4}>;
${findBlockCode(queries)}
${loadHeadCode('qkv', 3 * H, plan)}
${putHeadCode('out', H, plan)}
${relativeCode(plan, positions)}
${dropoutCode(rate)}

fn largest_of(query: u32, start: f32) -> f32 {
  var largest = start;
  for (var i = 0u; i < ${keys4}u; i++) { largest = max(largest, largest_parts[query * ${keys4}u + i]); }
  return largest;
}

${attentionMain(plan)} {
  let block = find_block(workgroup.x);
  let head = workgroup.y;
  let column = thread % ${columns}u;
  if (block.row_end == 0u) {
    for (var token = block.begin + thread / ${columns}u; token < min(block.begin + ${queries}u, arrayLength(&lse) / ${heads}u); token += ${rows}u) {
      put_out(token, head * ${D}u, column, vec4f(0.0));
      if (column == 0u) { lse[token * ${heads}u + head] = 0.0; }
    }
    return;
  }
  ${scores.declare}
  ${unroll(scores.each, (i) => `var largest_${i} = ${NO_SCORE};`)}
  ${unroll(valueQueries, (i) => `let row_${i} = thread / ${columns}u + ${i * rows}u;`)}
  ${unroll(valueQueries, (i) => `var row_largest_${i} = ${NO_SCORE};\n  var row_sum_${i} = 0.0;\n  var value_${i} = vec4f(0.0);`)}
  ${stageHead('tile_q', 'qkv', queries, plan, 'block.begin', 'block.row_end', `head * ${D}u`)}

  for (var key = block.row_begin; key < block.row_end; key += ${keys}u) {
    ${stageHead('tile_kv', 'qkv', keys, plan, 'key', 'block.row_end', `${H}u + head * ${D}u`)}
    workgroupBarrier();
    let valid = vec4u(key + key4 * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(block.row_end);
    ${unroll(scores.each, (i) => `var score_${i} = vec4f(0.0);`)}
    ${scoresCode(plan, scores.each, [{ name: 'score', queries: 'tile_q', keys: 'tile_kv' }])}
    ${relativeScoresCode(plan, positions, scores.each, { query: 'block.begin', key: 'key' }, { queries: 'tile_q', keys: 'tile_kv' })}
    ${unroll(
      scores.each,
      (i) => `score_${i} = select(vec4f(${NO_SCORE}), score_${i} * ${scaleText(plan, positions)}, valid);
    ${scores.guard(i, `largest_parts[query_${i} * ${keys4}u + key4] = max(max(score_${i}.x, score_${i}.y), max(score_${i}.z, score_${i}.w));`)}`,
    )}
    workgroupBarrier();

    ${stageHead('tile_kv', 'qkv', keys, plan, 'key', 'block.row_end', `${2 * H}u + head * ${D}u`)}
    ${unroll(
      scores.each,
      (i) => `largest_${i} = largest_of(query_${i}, largest_${i});
    var weight_${i} = select(vec4f(0.0), exp(score_${i} - largest_${i}), valid);
    let weight_sum_${i} = dot(weight_${i}, vec4f(1.0));
    ${rate > 0 ? `weight_${i} *= dropout_factors((key - block.row_begin) / 4u + key4, (block.begin + query_${i}) * ${heads}u + head);` : ''}
    ${scores.guard(
      i,
      `sum_parts[query_${i} * ${keys4}u + key4] = weight_sum_${i};
    weights[query_${i} * ${keys4}u + key4] = weight_${i};`,
    )}`,
    )}
    workgroupBarrier();

    ${unroll(
      valueQueries,
      (i) => `{
      let largest = largest_of(row_${i}, row_largest_${i});
      let shrink = exp(row_largest_${i} - largest);
      row_largest_${i} = largest;
      row_sum_${i} *= shrink;
      value_${i} *= shrink;
      for (var j = 0u; j < ${keys4}u; j++) { row_sum_${i} += sum_parts[row_${i} * ${keys4}u + j]; }
    }`,
    )}
    for (var j = 0u; j < ${keys4}u; j++) {
      ${unroll(4, (k) => `let v${k} = tile_kv[(4u * j + ${k}u) * ${columns}u + column];`)}
      ${unroll(
        valueQueries,
        (i) => `let weight_of_${i} = weights[row_${i} * ${keys4}u + j];
      value_${i} += weight_of_${i}.x * v0 + weight_of_${i}.y * v1 + weight_of_${i}.z * v2 + weight_of_${i}.w * v3;`,
      )}
    }
    workgroupBarrier();
  }

  ${unroll(
    valueQueries,
    (i) => `{
    let token = block.begin + row_${i};
    if (token < block.row_end) {
      put_out(token, head * ${D}u, column, value_${i} / row_sum_${i});
      if (column == 0u) { lse[token * ${heads}u + head] = row_largest_${i} + log(row_sum_${i}); }
    }
  }`,
  )}
}`,
  });
}
