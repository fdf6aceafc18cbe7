/**
 * DeBERTa's relative positions in the attention shaders (formulas: attention.ts). Their queries and keys are read from memory where they are
 * needed, neighbouring pairs share them. Their gradient has a shader of its own: a workgroup for each position and head goes through
 * all pairs of that distance in order.
 */
import { f32Literal, floatArray, shader, type BindingText, type Shader } from '../../backend/webgpu/shader.ts';
import { dropoutBindingTypes, dropoutCode } from '../dropout/philox.wgsl.ts';
import { attentionMain, loadHeadCode, putHeadCode } from './attention-blocks.wgsl.ts';
import { planHead, type AttentionParams, type HeadPlan, type PositionsPlan } from './attention-plan.ts';

/** The bindings of relative positions; none without them. */
export function relativeBindingTypes(
  { units }: PositionsPlan,
  plan: HeadPlan,
): { relative: BindingText | undefined; places: BindingText | undefined } {
  return units > 0
    ? { relative: `read ${floatArray(plan.vec4)}`, places: `uniform array<vec4i, ${units}>` }
    : { relative: undefined, places: undefined };
}

/** What scores are multiplied by, as WGSL text. */
export function scaleText(plan: HeadPlan, { terms }: PositionsPlan): string {
  return f32Literal(1 / Math.sqrt(terms * plan.D));
}

/**
 * WGSL (nothing without positions): `place_of(query, key)`, the position of two tokens, any one for tokens that are too far apart;
 * `relative_query(place, begin, unit)` and `relative_key`, vec4f `unit` of a head that begins at `begin`.
 */
export function relativeCode(plan: HeadPlan, { units, reach }: PositionsPlan): string {
  if (units === 0) return '';
  return `
${loadHeadCode('relative', 3 * plan.H, plan)}
fn relative_query(place: u32, begin: u32, unit: u32) -> vec4f { return load_relative(place, begin, unit); }
fn relative_key(place: u32, begin: u32, unit: u32) -> vec4f { return load_relative(place, ${plan.H}u + begin, unit); }
fn place_of(query: u32, key: u32) -> u32 {
  let at = min(query + ${reach}u - key, ${2 * reach}u);
  return u32(places[at / 4u][at % 4u]);
}`;
}

/**
 * WGSL statements (none without positions) that add what positions bring to `score_i`, the vec4f of scores of query_i and four keys.
 * `query` and `key` are the tokens of row 0 of the workgroup arrays `queries` and `keys`.
 */
export function relativeScoresCode(
  { D, columns, units: headUnits }: HeadPlan,
  { units }: PositionsPlan,
  count: number,
  tokens: { readonly query: string; readonly key: string },
  arrays: { readonly queries: string; readonly keys: string },
): string {
  if (units === 0) return '';
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 4; j++) {
      lines.push(`{
      let place = place_of(${tokens.query} + query_${i}, ${tokens.key} + key4 * 4u + ${j}u);
      for (var unit = 0u; unit < ${headUnits}u; unit++) {
        score_${i}[${j}] += dot(${arrays.queries}[query_${i} * ${columns}u + unit], relative_key(place, head * ${D}u, unit))
          + dot(${arrays.keys}[(key4 * 4u + ${j}u) * ${columns}u + unit], relative_query(place, head * ${D}u, unit));
      }
    }`);
    }
  }
  return lines.join('\n    ');
}

/** drelative [R,3H], its last third 0. Workgroups [R, heads, 1]. */
export function attentionRelativeGradShader({
  rate,
  positions,
  ...sizes
}: Omit<AttentionParams, 'block'>): Shader<
  'dout' | 'qkv' | 'lse' | 'delta' | 'offsets' | 'rng' | 'place' | 'relative' | 'places' | 'drelative'
> {
  const plan = planHead(sizes);
  const { D, H, units, threads } = plan;
  const { heads } = sizes;
  const array = floatArray(plan.vec4);
  return shader({
    label: `attention dRelative H${H} heads ${heads}`,
    bindings: {
      dout: `read ${array}`,
      qkv: `read ${array}`,
      lse: 'read array<f32>',
      delta: 'read array<f32>',
      offsets: 'read array<i32>',
      ...dropoutBindingTypes(rate),
      ...relativeBindingTypes(positions, plan),
      drelative: `write ${array}`,
    },
    code: `
const SCALE = ${scaleText(plan, positions)};
var<workgroup> dscores: array<f32, ${threads}>;
${loadHeadCode('qkv', 3 * H, plan)}
${loadHeadCode('dout', H, plan)}
${putHeadCode('drelative', 3 * H, plan)}
${relativeCode(plan, positions)}
${dropoutCode(rate)}

/** The last row that begins at or before the token, found by halving. */
fn row_of(token: u32) -> u32 {
  var low = 0u;
  var high = arrayLength(&offsets) - 1u;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (u32(offsets[middle]) <= token) { low = middle; } else { high = middle; }
  }
  return low;
}

/** The gradient of the score of a query and the token \`distance\` before it; 0 where that is in another row. */
fn dscore_of(query: u32, distance: i32, place_here: u32, head: u32) -> f32 {
  let row = row_of(query);
  let begin = offsets[row];
  let key_signed = i32(query) - distance;
  if (key_signed < begin || key_signed >= offsets[row + 1u]) { return 0.0; }
  let key = u32(key_signed);
  let column = head * ${D}u;
  var score = 0.0;
  var dweight = 0.0;
  for (var unit = 0u; unit < ${units}u; unit++) {
    let q = load_qkv(query, column, unit);
    let k = load_qkv(key, ${H}u + column, unit);
    score += dot(q, k) + dot(q, relative_key(place_here, column, unit)) + dot(k, relative_query(place_here, column, unit));
    dweight += dot(load_dout(query, column, unit), load_qkv(key, ${2 * H}u + column, unit));
  }
  let at = query * ${heads}u + head;
  ${rate > 0 ? 'let nth = u32(key_signed - begin);\n  dweight *= dropout_factors(nth / 4u, at)[nth % 4u];' : ''}
  return exp(score * SCALE - lse[at]) * (dweight - delta[at]) * SCALE;
}

${attentionMain(plan)} {
  let place_here = workgroup.x;
  let head = workgroup.y;
  let tokens = u32(offsets[arrayLength(&offsets) - 1u]);
  var dquery = vec4f(0.0);
  var dkey = vec4f(0.0);
  for (var i = 0u; i <= ${2 * positions.reach}u; i++) {
    if (u32(places[i / 4u][i % 4u]) != place_here) { continue; }
    let distance = i32(i) - ${positions.reach};
    for (var first = 0u; first < tokens; first += ${threads}u) {
      let query = first + thread;
      var dscore = 0.0;
      if (query < tokens) { dscore = dscore_of(query, distance, place_here, head); }
      dscores[thread] = dscore;
      workgroupBarrier();
      if (thread < ${units}u) {
        for (var j = 0u; j < ${threads}u; j++) {
          if (dscores[j] != 0.0) {
            dkey += dscores[j] * load_qkv(first + j, head * ${D}u, thread);
            dquery += dscores[j] * load_qkv(u32(i32(first + j) - distance), ${H}u + head * ${D}u, thread);
          }
        }
      }
      workgroupBarrier();
    }
  }
  put_drelative(place_here, head * ${D}u, thread, dquery);
  put_drelative(place_here, ${H}u + head * ${D}u, thread, dkey);
  put_drelative(place_here, ${2 * H}u + head * ${D}u, thread, vec4f(0.0));
}`,
  });
}
