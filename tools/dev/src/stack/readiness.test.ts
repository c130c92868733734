import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntilReady } from './readiness.ts';

const server = createServer((_req, res) => {
  res.statusCode = statuses.shift() ?? 200;
  res.end();
});
let statuses: number[] = [];
const listen = async (...answers: number[]): Promise<string> => {
  statuses = answers;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
};

afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
);

const options = { isUp: () => true, timeoutMs: 10_000 };

describe('waitUntilReady', () => {
  it('waits for a 200', async () => {
    expect(await waitUntilReady(await listen(503, 503), options)).toBe('ready');
    expect(statuses).toEqual([]);
  });

  it('ignores the answer of another program when the service is down', async () => {
    expect(await waitUntilReady(await listen(), { ...options, isUp: () => false })).toBe('down');
  });

  it('rejects after the time limit, with the last answer', async () => {
    expect(await waitUntilReady(await listen(503), { ...options, timeoutMs: 0 })).toEqual({ notReady: 'HTTP 503' });
  });

  it('rejects on abort', async () => {
    await expect(waitUntilReady(await listen(), { ...options, signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});
