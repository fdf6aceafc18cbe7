/** `npm run -s train -- --data FILE --model DIR --out DIR [...]`: fine-tunes without a browser. All it does is in src/headless/train.ts. */
import { runHeadless } from './headless.mjs';

await runHeadless('./src/headless/train.ts', 'trainFromCommandLine');
