import { once } from 'node:events';
import { createServer, type RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { abortWhenClientLeaves, maxUnreadBytes, patchResponse } from './patched-response.ts';
import type { Attempt } from './request.ts';
import { createShares } from './shares.ts';
import { UpstreamFailure } from './upstream-failure.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves one request, whose client reads nothing until it is resumed. */
async function serve(
  version = 'HTTP/1.1',
): Promise<{ attempt: Attempt; client: Socket; left: string[]; failures: string[] }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.pause().on('error', () => undefined);
  client.write(`GET / ${version}\r\nHost: a\r\n\r\n`);
  closers.push(() => {
    client.destroy();
    server.close().closeAllConnections();
  });
  const [req, res] = (await once(server, 'request')) as Parameters<RequestListener>;
  const left: string[] = [];
  const failures: string[] = [];
  const known = {
    req,
    res,
    left: false,
    slow: false,
    client: { addressBlock: () => 'a' },
    parts: { unreadAnswers: createShares({ perClient: 8, total: 8 }) },
    service: {
      bulkhead: { leave: () => left.push('slot') },
      countFailure: (code: string) => failures.push(code),
    },
  };
  const attempt = { request: known, hasSlot: true } as unknown as Attempt;
  return { attempt, client, left, failures };
}

/** Writes until the sockets take no more: their buffers differ between systems. */
async function fillSockets({ request: { res } }: Attempt): Promise<void> {
  const write = Reflect.get(ServerResponse.prototype, 'write') as (chunk: Buffer) => boolean;
  for (let turns = 0; turns < 3; turns = res.writableLength === 0 ? 0 : turns + 1) {
    if (turns === 0) write.call(res, Buffer.alloc(64 * 1024));
    await new Promise(setImmediate);
  }
}

describe('a response that undici writes to', () => {
  it('makes undici wait for a slow client at once unless it is patched, and only beyond a bound when it is', async () => {
    const { attempt } = await serve();
    const { res } = attempt.request;
    await fillSockets(attempt);
    expect(res.write('a part')).toBe(false);
    const patched = patchResponse(attempt);
    expect(patched.write('a part')).toBe(true);
    expect(patched.write(Buffer.alloc(maxUnreadBytes))).toBe(false);
  });

  it('frees the slot of the service when it ends, although the client has read nothing', async () => {
    const { attempt, left } = await serve();
    const patched = patchResponse(attempt);
    await fillSockets(attempt);
    patched.end();
    expect(left).toEqual(['slot']);
    expect(attempt.request.res.writableFinished).toBe(false);
  });

  it.each([
    ['resets', 'unless the answer is whole', true],
    ['only closes', 'when it is not patched', false],
  ])('%s the connection of an HTTP/1.0 client when undici destroys it, %s', async (_what, _when, isPatched) => {
    const half = await serve('HTTP/1.0');
    const errors: unknown[] = [];
    half.client.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code)).resume();
    const response = isPatched ? patchResponse(half.attempt) : half.attempt.request.res;
    response.write('half');
    await once(half.client, 'data');
    response.destroy(new UpstreamFailure('upstream_failed', 'broken'));
    await new Promise((resolve) => half.client.once('close', resolve));
    expect(errors).toEqual(isPatched ? ['ECONNRESET'] : []);
    expect(half.failures).toEqual(isPatched ? ['upstream_failed'] : []);
  });

  it('is left alone when undici destroys it after a whole answer', async () => {
    const { attempt, client, failures } = await serve('HTTP/1.0');
    const patched = patchResponse(attempt);
    let text = '';
    client.resume().on('data', (chunk) => {
      text += chunk;
    });
    patched.end('whole');
    await once(patched, 'finish');
    patched.destroy();
    await once(client, 'end');
    expect(text).toMatch(/whole$/);
    expect(failures).toEqual([]);
  });

  it('emits abort when the client leaves, and not after a whole answer', async () => {
    const gone = await serve();
    abortWhenClientLeaves(gone.attempt.request);
    gone.client.destroy();
    await once(gone.attempt.request.res, 'abort');
    expect(gone.attempt.request.left).toBe(true);

    const whole = await serve();
    abortWhenClientLeaves(whole.attempt.request);
    whole.client.resume();
    whole.attempt.request.res.end('whole');
    await once(whole.attempt.request.res, 'close');
    expect(whole.attempt.request.left).toBe(false);
  });
});
