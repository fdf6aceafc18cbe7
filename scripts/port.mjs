/** Finds a port that nobody uses. Plain Node. */
import { createServer } from 'node:net';

const TRIES = 100;

/** True when a server could listen there now; an address family that this machine lacks is not an obstacle. */
function isFree(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port from `first` on. "localhost" has two addresses and a browser may take either, so both must be free.
 * Throws when the next hundred are all taken.
 */
export async function findFreePort(first, host) {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  for (let port = first; port < first + TRIES && port <= 65_535; port++) {
    const free = await Promise.all(addresses.map((address) => isFree(port, address)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`No free port from ${first} on for ${host}. Set PORT to another number.`);
}

/** PORT of the environment, or the default. Throws for what is not a port. */
export function wantedPort(text, otherwise) {
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a whole number from 1 to 65535, it is "${text}". Set another, or leave it out for ${otherwise}.`);
}
