/** Finds a port that nobody uses. Plain Node. */
import { createServer } from 'node:net';

const TRIES = 100;
const NOT_HERE = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND'];

/** The error code that a server would get there now, null when it could listen. */
function listenError(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** "localhost" has two addresses and a browser may take either: both must be free, but a machine may lack one. */
async function isFree(port, host) {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  const errors = await Promise.all(addresses.map((address) => listenError(port, address)));
  if (errors.every((code) => NOT_HERE.includes(code))) {
    throw new Error(`HOST is "${host}", which is no address of this machine. Set another, or leave it out for localhost.`);
  }
  if (errors.includes('EACCES'))
    throw new Error(`Port ${port} needs more rights than this account has. Set PORT to one above 1023.`);
  return errors.every((code) => code === null || NOT_HERE.includes(code));
}

/**
 * The first free port from `first` on. Throws when the next hundred are all taken, or where nothing may listen at all.
 * @param {number} first
 * @param {string} host
 * @returns {Promise<number>}
 */
export async function findFreePort(first, host) {
  for (let port = first; port < first + TRIES && port <= 65_535; port++) {
    if (await isFree(port, host)) return port;
  }
  throw new Error(`No free port from ${first} on for ${host}. Set PORT to another number.`);
}

/**
 * PORT of the environment, or the default. Throws for what is not a port.
 * @param {string | undefined} text
 * @param {number} otherwise
 * @returns {number}
 */
export function wantedPort(text, otherwise) {
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error(`PORT must be a whole number from 1 to 65535, it is "${text}". Set another, or leave it out for ${otherwise}.`);
}
