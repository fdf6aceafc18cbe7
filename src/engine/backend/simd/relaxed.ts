/** Which of the two builds this engine can run. */

/** (module (func i32.const 0 i8x16.splat (three times) f32x4.relaxed_madd drop)) */
const PROBE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 20, 1, 18, 0, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 2, 0x1a, 0x0b],
);

/** Whether the engine has relaxed SIMD, whose multiply-add is one instruction. Node 20 has it only behind a flag. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
