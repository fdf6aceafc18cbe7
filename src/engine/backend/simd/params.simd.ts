/** Reading a job's parameters: 32 bits each, by place. */

export function pointerAt(params: usize, place: i32): usize {
  return load<usize>(params + ((<usize>place) << 2));
}

export function integerAt(params: usize, place: i32): i32 {
  return load<i32>(params + ((<usize>place) << 2));
}

export function realAt(params: usize, place: i32): f32 {
  return load<f32>(params + ((<usize>place) << 2));
}
