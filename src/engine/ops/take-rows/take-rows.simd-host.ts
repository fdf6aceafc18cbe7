/** TakeRows on the simd backend: a few rows copied, so no kernel of its own. */
import type { SimdBackend } from '../../backend/simd/backend.ts';
import type { KernelFunction } from '../contract.ts';
import { sizeOf } from '../define-op.ts';

export const takeRowsSimd: KernelFunction<'TakeRows', SimdBackend> = ({ x, rows }, _attrs, backend) => {
  const H = sizeOf(x, 1);
  const y = backend.allocateTensor([sizeOf(rows, 0), H]);
  const [from, to] = [backend.view(x), backend.view(y)];
  backend.view(rows).forEach((row, i) => to.set(from.subarray(row * H, (row + 1) * H), i * H));
  return [y];
};

export const takeRowsGradSimd: KernelFunction<'TakeRowsGrad', SimdBackend> = ({ dy, rows }, { rowCount }, backend) => {
  const H = sizeOf(dy, 1);
  const dx = backend.allocateTensor([rowCount, H]);
  const [from, to] = [backend.view(dy), backend.view(dx)];
  to.fill(0);
  backend.view(rows).forEach((row, i) => to.set(from.subarray(i * H, (i + 1) * H), row * H));
  return [dx];
};
