/**
 * Writes public/sample/sample.csv: 3,000 labelled review sentences (Amazon, IMDb, Yelp) from the test fixtures of the npm package
 * `sentiment`. They are UCI's "Sentiment Labelled Sentences" (Kotzias et al. 2015, CC BY 4.0). Nothing is done when it is there already.
 * Usage: node scripts/make-sample.mjs
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';

const ROWS = 3000;
const root = new URL('../', import.meta.url);
const sources = ['amazon', 'imdb', 'yelp'].map((name) => new URL(`node_modules/sentiment/test/fixtures/${name}.json`, root));
const output = new URL('public/sample/sample.csv', root);

function isFresh() {
  if (!existsSync(output)) return false;
  const written = statSync(output).mtimeMs;
  return [...sources, new URL(import.meta.url)].every((source) => statSync(source).mtimeMs <= written);
}

/** Rows of one source; its last one has no class and no text. */
function readRows(source) {
  return JSON.parse(readFileSync(source, 'utf8'))
    .filter((row) => row.class === 0 || row.class === 1)
    .map((row) => [row.text, row.class === 1 ? 'positive' : 'negative']);
}

if (!isFresh()) {
  const bySource = sources.map(readRows);
  const longest = Math.max(...bySource.map((rows) => rows.length));
  const rows = Array.from({ length: longest }, (_, i) => bySource.map((source) => source[i]).filter(Boolean)).flat();
  if (rows.length !== ROWS)
    throw new Error(`node_modules/sentiment has ${rows.length} labelled sentences, expected ${ROWS}: run npm ci`);
  mkdirSync(new URL('./', output), { recursive: true });
  // Under another name first: a build that reads it meanwhile sees all of it or none.
  const draft = new URL(`./sample.${process.pid}.csv`, output);
  writeFileSync(draft, `${Papa.unparse([['text', 'label'], ...rows], { newline: '\n' })}\n`);
  renameSync(draft, output);
  console.log(`${rows.length} rows written to ${fileURLToPath(output)}`);
}
