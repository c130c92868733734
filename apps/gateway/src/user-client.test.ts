import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UpstreamError } from '@auth/verify/client';
import { describe, expect, it } from '@jest/globals';
import { createBulkhead } from './proxy/bulkhead.ts';
import { createUserClient, mayBeDone, UserAppRefusal } from './user-client.ts';

const open = async () => {
  const asked: unknown[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url);
    res.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { asked, server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};
const logins = createBulkhead({ slots: 1, waiting: 0, waitMs: 1 });
const clientOf = (baseUrl: string) =>
  createUserClient({ baseUrl, timeoutMs: 1000, loginTimeoutMs: 1000, logins, headers: () => ({}) });

describe('the client of the user app', () => {
  it.each(['', '/'])('joins its paths to an origin that ends in "%s"', async (end) => {
    const { asked, server, origin } = await open();
    await clientOf(`${origin}${end}`).logOut('token', undefined);
    server.close();
    expect(asked).toEqual(['/auth/logout']);
  });
});

describe('mayBeDone', () => {
  it('is false when no server listens', async () => {
    const { server, origin } = await open();
    server.close();
    await once(server, 'close');
    const error = await clientOf(origin)
      .refresh('token', undefined)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(mayBeDone(error)).toBe(false);
  });

  it('is true when the connection ends without an answer', async () => {
    const server = createServer((req) => req.socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await clientOf(origin)
      .refresh('token', undefined)
      .catch((caught: unknown) => caught);
    server.close();
    expect(mayBeDone(error)).toBe(true);
  });

  it('is false for an explicit refusal', () => {
    const problem = { type: 'urn:problem:unavailable', title: '', status: 503, detail: '', code: 'unavailable' };
    expect(mayBeDone(new UserAppRefusal(503, problem, new Headers()))).toBe(false);
  });
});
