/**
 * `npm start`: installs what is missing, builds, serves the page and prints its address. PORT and HOST are respected.
 * `--no-build` serves what `npm run build` left (the browser tests use it).
 */
import { buildPage, buildParts } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { findFreePort, wantedPort } from './port.mjs';
import { main } from './run.mjs';

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

async function serve() {
  const host = process.env.HOST || 'localhost';
  const wanted = wantedPort(process.env.PORT, 4173);
  const port = await findFreePort(wanted, host);
  const { preview } = await import('vite');
  const server = await preview({ preview: { host, port, strictPort: true, open: false, allowedHosts: true }, logLevel: 'warn' });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.httpServer.closeAllConnections();
      server.close().finally(() => process.exit(0));
    });
  }
  if (port !== wanted) console.log(`Port ${wanted} is taken, so this is the next free one.`);
  console.log(`Tabtune is at http://${host.includes(':') ? `[${host}]` : host}:${port}/`);
  if (!LOCAL_HOSTS.has(host)) {
    console.log(
      'Browsers give WebGPU, threads and storage only to pages over https or from localhost. From another machine over plain http\n' +
        'Tabtune runs without them, slowly: put an https proxy in front of it, or open it on this machine at localhost.',
    );
  }
  console.log('Stop with Ctrl+C.');
}

await main(async () => {
  await ensureInstalled();
  if (!process.argv.includes('--no-build')) {
    await buildParts();
    await buildPage();
  }
  await serve();
});
