/** Serves the built page (`npm run build` first) for a benchmark, on a free port, and stops it afterwards. */
import { preview } from 'vite';
import { findFreePort } from '../scripts/port.mjs';

/** Calls `work` with the page's address and returns what it returns. */
export async function withServer(work) {
  const port = await findFreePort(4373, 'localhost');
  const server = await preview({ preview: { host: 'localhost', port, strictPort: true, open: false }, logLevel: 'warn' });
  try {
    return await work(`http://localhost:${port}/`);
  } finally {
    server.httpServer.closeAllConnections();
    await server.close();
  }
}
