/** WGSL for shaders where a workgroup works on a row of H numbers: how the row is shared out, and its sums in a fixed order. */
import { unroll } from '../backend/webgpu/shader.ts';

/** A row of H numbers among threads: in units of vec4f where H allows, else f32; thread i takes units i, i + threads, ... */
export interface RowPlan {
  readonly vec4: boolean;
  readonly unitType: 'vec4f' | 'f32';
  /** Units in a row. */
  readonly units: number;
  readonly threads: number;
  /** Units of a thread, rounded up. */
  readonly each: number;
}

/** About four units a thread, which then stay in registers. */
export function planRow(H: number): RowPlan {
  const vec4 = H % 4 === 0;
  const units = vec4 ? H / 4 : H;
  const threads = Math.min(256, Math.max(32, 2 ** Math.ceil(Math.log2(units / 4))));
  return { vec4, unitType: vec4 ? 'vec4f' : 'f32', units, threads, each: Math.ceil(units / threads) };
}

/** Repeats statements for each unit of this thread, inside a check that the row has it; `unit` is its place in the row. */
export function eachUnit({ units, threads, each }: RowPlan, body: (i: number) => string): string {
  return unroll(each, (i) => {
    const checked = (i + 1) * threads > units;
    return `{ let unit = thread + ${i * threads}u;${checked ? ` if (unit < ${units}u) {` : ''}
    ${body(i)}
  ${checked ? '} ' : ''}}`;
  });
}

/** The sum of the four numbers of a unit, or the one. */
export function unitSum({ vec4 }: RowPlan, value: string): string {
  return vec4 ? `dot(${value}, vec4f(1.0))` : value;
}

/** The sum of products of two units. */
export function unitDot({ vec4 }: RowPlan, a: string, b: string): string {
  return vec4 ? `dot(${a}, ${b})` : `(${a} * ${b})`;
}

/**
 * `fn workgroup_sum(thread, value)`: the sum of `value` over the workgroup's threads (a power of two), for all of them, as a
 * tree: always the same order. Call it in uniform control flow.
 */
export function workgroupSumCode(type: 'f32' | 'vec2f', threads: number): string {
  return `
var<workgroup> reduced: array<${type}, ${threads}>;
fn workgroup_sum(thread: u32, value: ${type}) -> ${type} {
  reduced[thread] = value;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { reduced[thread] += reduced[thread + half]; }
    workgroupBarrier();
  }
  let sum = reduced[0];
  workgroupBarrier();
  return sum;
}`;
}
