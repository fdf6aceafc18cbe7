import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { findFreePort, wantedPort } from './port.mjs';

const servers: Server[] = [];

/** Takes a port of the system's choice; resolves to its number. */
async function occupy(host: string, port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ port, host }, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('findFreePort', () => {
  test.each(['127.0.0.1', '0.0.0.0'])('a port that %s has is answered with a later one', async (host) => {
    const taken = await occupy(host);
    expect(await findFreePort(taken, 'localhost')).toBeGreaterThan(taken);
  });

  test('a free port is taken as it is', async () => {
    const port = await occupy('127.0.0.1');
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await findFreePort(port, 'localhost')).toBe(port);
  });

  test('what is no address of this machine is refused', async () => {
    await expect(findFreePort(65_535, '192.0.2.1')).rejects.toThrow(/HOST/);
  });
});

describe('wantedPort', () => {
  test.each([
    [undefined, 4173],
    ['', 4173],
    ['8080', 8080],
  ])('%j', (text, port) => {
    expect(wantedPort(text, 4173)).toBe(port);
  });

  test.each(['abc', '0', '65536', '80.5', '-1', '1e9'])('%s is refused', (text) => {
    expect(() => wantedPort(text, 4173)).toThrow(/PORT must be a whole number/);
  });
});
