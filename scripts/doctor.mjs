/**
 * `npm run -s doctor -- FILE... [--json] [--text NAME] [--label NAME] [--split NAME] [--group NAME] [--max-length N]`: what the page's doctor says
 * of a file. With --json one object for one file, `{"files": [...]}` for several. The code is 1 when a file cannot be read.
 */
import { parseArgs } from 'node:util';
import { main } from './run.mjs';

const USAGE =
  'npm run -s doctor -- FILE... [--json] [--text NAME] [--label NAME] [--split NAME] [--group NAME] [--max-length N]';

await main(async () => {
  const name = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, text: name, label: name, split: name, group: name, 'max-length': name },
  });
  const { json, 'max-length': maxLength, ...columns } = values;
  if (positionals.length === 0) throw new Error(`Name a file: ${USAGE}`);
  const length = maxLength === undefined ? undefined : Number(maxLength);
  if (length !== undefined && !(Number.isInteger(length) && length > 2)) throw new Error(`--max-length takes a number: ${USAGE}`);
  const { runnerImport } = await import('vite');
  const load = async (path) => (await runnerImport(path, { configFile: false, logLevel: 'error' })).module;
  const { examineFile } = await load('./src/headless/doctor.ts');
  const { reportInWords } = await load('./src/headless/doctor-words.ts');
  const reports = [];
  for (const file of positionals) {
    try {
      reports.push(await examineFile(file, { ...columns, ...(length === undefined ? {} : { maxLength: length }) }));
    } catch (error) {
      if (error?.name !== 'Problem') throw error;
      console.error(error.message);
      process.exitCode = 1;
    }
  }
  if (!json) console.log(reports.map(reportInWords).join('\n\n'));
  else if (positionals.length > 1) console.log(JSON.stringify({ files: reports }));
  else if (reports[0]) console.log(JSON.stringify(reports[0]));
});
