/**
 * How much of two texts stays when together they are too long: `longest_first` as Python `tokenizers` counts it (its
 * `truncate_encodings`). The longer text is cut to what the shorter leaves it; when that is less than the shorter has, both get half, and
 * the odd one goes to the longer, of equal ones to the second.
 */
export function longestFirst(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const longer = Math.max(shorter, room - shorter);
  const half = Math.floor(room / 2);
  const [less, more] = shorter + longer > room ? [half, room - half] : [shorter, longer];
  return first > second ? [more, less] : [less, more];
}
