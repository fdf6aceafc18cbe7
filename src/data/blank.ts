/** White space and nothing else. */
export function isBlank(cell: string): boolean {
  return !/\S/.test(cell);
}
