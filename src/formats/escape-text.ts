/** Makes text of any origin harmless inside YAML and Markdown. */

/** Control characters and line breaks of every kind: what one line of YAML or Markdown must not carry raw. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\ufeff]/gu;
/** Halves of a surrogate pair without the other half, which no encoding can write. */
const LONE_SURROGATES = /\p{Cs}/gu;

function hex(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A YAML scalar in double quotes: always a string, whatever it looks like. JSON's escapes are YAML's. */
export function yamlString(text: string): string {
  return JSON.stringify(text.replace(LONE_SURROGATES, '\ufffd')).replace(UNPRINTABLE, hex);
}

/**
 * Text on one line of Markdown, also inside a table's cell: every ASCII punctuation mark that could begin markup, HTML, an entity or a link
 * is escaped by a backslash (CommonMark 0.31, 2.4), line breaks become spaces. At most `limit` characters.
 */
export function markdownText(text: string, limit = 120): string {
  const line = text.replace(LONE_SURROGATES, '\ufffd').replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  const short = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return short.replace(/[!"#$&*+:<=>@[\\\]^_`{|}~]/g, '\\$&').replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`);
}
