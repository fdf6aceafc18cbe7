/**
 * A compute shader as a value: its WGSL, and which names it binds and how. Shaders are pure functions of plain parameters, so
 * that the parameters are a complete key for the compiled pipeline. Nothing here touches a device.
 */

/** 'read' and 'write' are storage buffers ('write' may also be read: in place), 'uniform' a small constant or tensor. */
export type Access = 'read' | 'write' | 'uniform';

export interface Binding<Name extends string> {
  readonly name: Name;
  readonly access: Access;
}

/**
 * How a dispatch may be done in parts, where a tensor is larger than a GPU lets a kernel see: its tensors are rows, and a part sees the
 * same run of rows of each of them. What is not named is seen whole by every part.
 */
export interface Cut<Name extends string = string> {
  /** Numbers in a row of each tensor that is cut. */
  readonly rows: { readonly [Key in Name]?: number };
  /** The rows that a workgroup does, counted along x, or along y where workgroups have three sides. null: every part needs all workgroups. */
  readonly rowsPerWorkgroup: number | null;
  /** The uniform whose x is the first row of the part; 0 is bound to it otherwise. */
  readonly first?: Name;
}

export interface Shader<Name extends string = string> {
  /** What errors and profilers call it. */
  readonly label: string;
  /** Bindings 0, 1, ... of group 0. */
  readonly bindings: readonly Binding<Name>[];
  readonly wgsl: string;
  readonly cut?: Cut<Name>;
}

/** What a shader may be a function of; everything that is baked into the WGSL. */
export type ShaderParams = { readonly [name: string]: string | number | boolean | ShaderParams };

const ADDRESS_SPACE: { readonly [Kind in Access]: string } = {
  read: 'storage, read',
  write: 'storage, read_write',
  uniform: 'uniform',
};

/** As in 'read array<f32>', 'uniform vec3i'. */
export type BindingText = `${Access} ${string}`;

/**
 * Builds a shader. `bindings` gives each name its access and WGSL type, as in `{ x: 'read array<f32>', y: 'write array<f32>' }`,
 * or undefined for one that these parameters do not need; `enable` lists language extensions ('f16', 'subgroups'), `code` is the rest, with an entry point `main`.
 */
export function shader<Name extends string>(options: {
  readonly label: string;
  readonly enable?: readonly string[];
  readonly bindings: { readonly [Key in Name]: BindingText | undefined };
  readonly code: string;
  readonly cut?: Cut<NoInfer<Name>>;
}): Shader<Name> {
  const bindings: Binding<Name>[] = [];
  const lines = (options.enable ?? []).map((extension) => `enable ${extension};`);
  for (const name of Object.keys(options.bindings) as Name[]) {
    const text = options.bindings[name];
    if (text === undefined) continue;
    const [access, type] = splitBinding(text);
    lines.push(`@group(0) @binding(${bindings.length}) var<${ADDRESS_SPACE[access]}> ${name}: ${type};`);
    bindings.push({ name, access });
  }
  const wgsl = `${lines.join('\n')}\n${options.code}`;
  return { label: options.label, bindings, wgsl, ...(options.cut && { cut: options.cut }) };
}

function splitBinding(text: BindingText): [Access, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space) as Access, text.slice(space + 1)];
}

/** The binding type of a tensor read four values at a time, or one. */
export function floatArray(vec4: boolean): string {
  return vec4 ? 'array<vec4f>' : 'array<f32>';
}

/** WGSL text for a number that must be an f32 literal, exact to the last bit. */
export function f32Literal(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`WGSL has no literal for ${value}`);
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** Repeats a template for 0 .. count-1, for loops that must be unrolled. */
export function unroll(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

/** WGSL: the number of the workgroup, however `dispatch` folded a long list of them into two dimensions. */
export const WORKGROUP_INDEX = `
fn workgroup_index(workgroup: vec3u, count: vec3u) -> u32 {
  return workgroup.y * count.x + workgroup.x;
}`;
