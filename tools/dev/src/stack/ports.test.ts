import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../postgres/free-port.ts';
import { findPortHolder } from './port-holder.ts';
import { assertPortsFree, isPortFree } from './ports.ts';

const servers: Server[] = [];
const listen = async (host: string): Promise<number> => {
  // Destroyed at once, since an open connection would keep the server open.
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('isPortFree', () => {
  it('is true for an unused port, and leaves it unused', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(port)).toBe(true);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('is false while a server listens on %s', async (host) => {
    expect(await isPortFree(await listen(host))).toBe(false);
  });
});

describe('findPortHolder', () => {
  it('finds this process', async () => {
    expect(findPortHolder(await listen('127.0.0.1'))).toMatchObject({ pid: process.pid });
  });

  it('finds no process on a free port', async () => {
    expect(findPortHolder(await freePort())).toBeUndefined();
  });
});

describe('assertPortsFree', () => {
  it('accepts free ports', async () => {
    const port = await freePort();
    await expect(assertPortsFree([{ port, use: 'user' }], port - 1)).resolves.toBeUndefined();
  });

  it('names the port, its use, its holder and the fix, in one line', async () => {
    const port = await listen('127.0.0.1');
    const wanted = [
      { port: await freePort(), use: 'user' },
      { port, use: 'product' },
    ];
    const refused = assertPortsFree(wanted, 4000);
    await expect(refused).rejects.toMatchObject({ exitCode: 1 });
    await expect(refused).rejects.toThrow(
      new RegExp(
        `^port ${port} \\(product\\) is held by pid ${process.pid} \\(.+\\)\\. .*PORT_BASE=\\d+ npx -y pnpm dev$`,
      ),
    );
  });
});
