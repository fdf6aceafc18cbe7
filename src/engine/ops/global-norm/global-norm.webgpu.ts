/** GlobalNorm on WebGPU: inputs in pieces, the pieces in groups, each group's sums after those of the group before. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, output, release, type Bound, type Slice } from '../../backend/webgpu/dispatch.ts';
import type { GpuBackend } from '../../backend/webgpu/gpu-backend.ts';
import type { KernelFunction } from '../contract.ts';
import {
  NORM_TENSOR_NAMES,
  NORM_TENSORS_PER_DISPATCH,
  rootShader,
  squareSumsShader,
  type NormTensorName,
} from './global-norm.wgsl.ts';

/** A workgroup for this many numbers of a group, up to a limit; see GpuBackend.lean for the second. */
const ELEMENTS_PER_WORKGROUP = 4096;
const LEAN_ELEMENTS_PER_WORKGROUP = 65536;
const MAX_WORKGROUPS = 512;

/** Runs of at most `most` elements, of equal size but for the last. */
function piecesOf(of: TensorInfo, most: number): readonly Slice[] {
  const size = util.sizeFromShape(of.shape);
  return Array.from({ length: Math.ceil(size / most) }, (_, piece) => {
    return { of, from: piece * most, count: Math.min(most, size - piece * most) };
  });
}

export const globalNormWebgpu: KernelFunction<'GlobalNorm', GpuBackend> = (inputs, _attrs, backend) => {
  const tensors = Object.values(inputs).flatMap((tensor) => piecesOf(tensor, backend.pieceBytes / 4));
  const each = backend.lean ? LEAN_ELEMENTS_PER_WORKGROUP : ELEMENTS_PER_WORKGROUP;
  const groups = [];
  let sumCount = 0;
  for (let first = 0; first < tensors.length; first += NORM_TENSORS_PER_DISPATCH) {
    const group = tensors.slice(first, first + NORM_TENSORS_PER_DISPATCH);
    const elements = group.reduce((sum, { count }) => sum + count, 0);
    const workgroups = Math.min(MAX_WORKGROUPS, Math.ceil(elements / each));
    groups.push({ group, workgroups, place: sumCount });
    sumCount += workgroups;
  }
  const sums = output(backend, [sumCount]);
  for (const { group, workgroups, place } of groups) {
    const named = Object.fromEntries(NORM_TENSOR_NAMES.map((name, i) => [name, group[i]]));
    const bound = { ...(named as { [Name in NormTensorName]: Bound | undefined }), place: Uint32Array.of(place, 0, 0, 0), sums };
    dispatch(backend, squareSumsShader, { tensors: group.length }, bound, workgroups);
  }
  const norm = output(backend, [1]);
  dispatch(backend, rootShader, {}, { sums, norm }, 1);
  release(backend, sums);
  return [norm];
};
