/** `npm run -s doctor -- FILE... [--json] [...]`: what the page's doctor says of a file. All it does is in src/headless/doctor.ts. */
import { runHeadless } from './headless.mjs';

await runHeadless('./src/headless/doctor.ts', 'doctorFromCommandLine');
