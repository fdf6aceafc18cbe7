/**
 * Cuts the text of a JSON list into the texts of its elements, a piece of text at a time, so that a list of any length is never
 * parsed, or held, as a whole. It only follows quotes and brackets; JSON.parse says what an element is, and whether it is right.
 */

/** Characters that an element may have. */
const LONGEST_ELEMENT = 2 ** 22;
/** Where the next element of a list of objects begins, for finding the way back after a quote that is not closed. */
const NEXT_OBJECT = /\}\s*,\s*(?=\{)/;

export interface ElementReader {
  push(text: string): void;
  /** What is left: nothing, an element without an end, or text behind the end of the list. */
  finish(): 'complete' | 'unfinished' | 'text after the list';
}

/** `onElement(text, whole)`: whole is false for what stands where an element has no end. The text begins with the list's bracket. */
export function createElementReader(onElement: (text: string, whole: boolean) => void): ElementReader {
  let pending = '';
  let at = 0;
  /** Where the element began; the list itself is depth 1. */
  let start = 0;
  let depth = 0;
  let inString = false;
  let ended = false;
  let trailing = false;

  const emit = (end: number, isLast: boolean): void => {
    const text = pending.slice(start, end);
    // "[]" and a comma before the closing bracket make no element.
    if (!isLast || text.trim() !== '') onElement(text, true);
    start = end + 1;
  };

  const scan = (): void => {
    for (; at < pending.length; at++) {
      const code = pending.charCodeAt(at);
      if (inString) {
        if (code === 92) at++;
        else if (code === 34) inString = false;
        continue;
      }
      switch (code) {
        case 34:
          inString = true;
          break;
        case 91:
        case 123:
          if (ended) trailing = true;
          else if (depth++ === 0) start = at + 1;
          break;
        case 93:
        case 125:
          if (ended) trailing = true;
          else if (--depth === 0) {
            emit(at, true);
            ended = true;
          }
          break;
        case 44:
          if (depth === 1) emit(at, false);
          break;
        default:
          if (ended && code > 32) trailing = true;
      }
    }
  };

  /** Leaves out what cannot be ended and goes on at the next object; false when there is none. */
  const recover = (): boolean => {
    const rest = pending.slice(start);
    const next = NEXT_OBJECT.exec(rest);
    if (!next) return false;
    onElement(rest.slice(0, next.index + 1), false);
    start += next.index + next[0].length;
    at = start;
    depth = 1;
    inString = false;
    scan();
    return true;
  };

  return {
    push(text) {
      pending += text;
      scan();
      while (!ended && pending.length - start > LONGEST_ELEMENT && recover());
      if (ended) start = pending.length;
      // `at` may stand one past the end, behind a backslash.
      at -= start;
      pending = pending.slice(start);
      start = 0;
    },
    finish() {
      while (!ended && recover());
      if (ended) return trailing ? 'text after the list' : 'complete';
      if (depth > 0 && pending.slice(start).trim() !== '') onElement(pending.slice(start), false);
      return 'unfinished';
    },
  };
}
