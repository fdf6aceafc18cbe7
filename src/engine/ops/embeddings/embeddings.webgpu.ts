/** Embeddings on WebGPU. The indices are only read on the GPU, so a recorded step may be replayed with others. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, FIRST_ROW, output, release } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import { COLUMNS_PER_WORKGROUP, columnSumShader } from '../column-sum.wgsl.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';
import {
  CLEAR_UNITS_PER_WORKGROUP,
  clearShader,
  embeddingsShader,
  FEW_ROWS_UNITS_PER_WORKGROUP,
  scatterFewRowsShader,
  scatterSortedShader,
  SORT_TOKENS_PER_WORKGROUP,
  sortTokensShader,
} from './embeddings.wgsl.ts';

/** Up to this many rows a table is summed by runs of tokens. */
const FEW_ROWS = 4;
const TOKENS_PER_RUN = 32;
const MAX_RUNS = 128;

export const embeddingsWebgpu: KernelFunction<'Embeddings', GpuBackend> = (inputs, _attrs, backend) => {
  const { ids, positions, types, word, position, type } = inputs;
  const [T, H] = [sizeOf(ids, 0), sizeOf(word, 1)];
  const out = output(backend, [T, H]);
  dispatch(backend, embeddingsShader, { H }, { ids, positions, types, word, position, kind: type, out, first: FIRST_ROW }, T);
  return [out];
};

export const embeddingsGradWebgpu: KernelFunction<'EmbeddingsGrad', GpuBackend> = (inputs, attrs, backend) => {
  const { dy, ids, positions, types } = inputs;
  return [
    tableGrad(backend, dy, ids, attrs.vocabulary),
    tableGrad(backend, dy, positions, attrs.positionCount),
    tableGrad(backend, dy, types, attrs.typeCount),
  ];
};

/** dy [T,H], indices [T] -> [rows,H]. */
function tableGrad(backend: GpuBackend, dy: TensorInfo, indices: TensorInfo, rows: number): TensorInfo {
  const [T, H] = [sizeOf(dy, 0), sizeOf(dy, 1)];
  const table = output(backend, [rows, H]);
  const vec4 = H % 4 === 0;
  if (rows <= FEW_ROWS) {
    const runs = Math.min(MAX_RUNS, Math.ceil(T / TOKENS_PER_RUN));
    const parts = output(backend, [runs, rows, H]);
    const unitGroups = Math.ceil((vec4 ? H / 4 : H) / FEW_ROWS_UNITS_PER_WORKGROUP);
    dispatch(backend, scatterFewRowsShader, { H, rows }, { dy, indices, parts }, [unitGroups, runs, 1]);
    const workgroups = Math.ceil((rows * H) / COLUMNS_PER_WORKGROUP);
    dispatch(backend, columnSumShader, { columns: rows * H }, { parts, sums: table }, [workgroups, 1, 1]);
    release(backend, parts);
    return table;
  }
  const order = output(backend, [T], 'int32');
  dispatch(backend, sortTokensShader, {}, { indices, order }, Math.ceil(T / SORT_TOKENS_PER_WORKGROUP));
  const units = (rows * H) / (vec4 ? 4 : 1);
  dispatch(backend, clearShader, { vec4 }, { table }, Math.ceil(units / CLEAR_UNITS_PER_WORKGROUP));
  dispatch(backend, scatterSortedShader, { H }, { dy, indices, order, table, first: FIRST_ROW }, T);
  release(backend, order);
  return table;
}
