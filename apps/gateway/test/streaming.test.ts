import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HeldService, openHeldService, readToEndOf } from './held-service.ts';
import { openProxyHarness, type ProxyHarness } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, readUntil } from './raw-client.ts';

let service: HeldService;
let gateway: ProxyHarness;
let client: Socket;
beforeEach(async () => {
  service = await openHeldService();
  gateway = await openProxyHarness({ origins: service.origins, maxBodyBytes: 1_000_000 });
  client = await openSocket(gateway.port);
});
afterEach(async () => {
  client.destroy();
  await gateway.close();
  service.close();
});

/** More bytes than all buffers on the way hold. */
const plenty = 40_000_000;
const get = 'GET /products HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const post = (...headers: string[]) => ['POST /orders HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n');

describe('a body', () => {
  it('reaches the service unchanged once it is complete', async () => {
    const opened = service.arrived();
    client.write(post('Transfer-Encoding: chunked', 'Connection: close'));
    client.write('4\r\nfirs\r\n');
    client.write('3\r\nt, \r\n6\r\nsecond\r\n0\r\n\r\n');
    const [req, res] = await opened;
    expect(await readToEndOf(req)).toBe('first, second');
    expect([req.headers['content-length'], req.headers['transfer-encoding']]).toEqual(['13', undefined]);
    res.end('done');
    expect(parseAnswers(await readToEnd(client))).toMatchObject([{ status: 200, body: 'done' }]);
  });

  it('keeps its length', async () => {
    const opened = service.arrived();
    client.write(`${post('Content-Length: 5', 'Connection: close')}he`);
    client.write('llo');
    const [req, res] = await opened;
    expect([req.headers['content-length'], req.headers['transfer-encoding']]).toEqual(['5', undefined]);
    expect(await readToEndOf(req)).toBe('hello');
    res.end();
    await readToEnd(client);
  });

  it('of an answer is forwarded before its end, and so is the head alone', async () => {
    const opened = service.arrived();
    client.write(get);
    const [, res] = await opened;
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    await readUntil(client, /\r\n\r\n/);
    res.write('data: 1\n\n');
    await readUntil(client, /data: 1/);
    res.end('data: 2\n\n');
    await readUntil(client, /data: 2.*0\r\n\r\n/s);
  });

  it('of an answer waits for a client that does not read', async () => {
    const opened = service.arrived();
    client.pause();
    client.write(get);
    const [, res] = await opened;
    const written = await fill(res);
    expect(written).toBeLessThan(plenty);
    res.end();
    expect(parseAnswers(await readToEnd(client.resume()))[0]?.body).toHaveLength(written);
  });

  it('is requested with 100 Continue', async () => {
    const opened = service.arrived();
    client.write(post('Content-Length: 2', 'Expect: 100-continue', 'Connection: close'));
    await readUntil(client, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.write('{}');
    const [req, res] = await opened;
    expect([await readToEndOf(req), req.headers['expect']]).toEqual(['{}', undefined]);
    res.end('done');
    await readUntil(client, /200 OK.*done/s);
  });

  it('of an answer ends with its connection while the gateway drains, and has all headers', async () => {
    const opened = service.arrived();
    client.write(get.replace('Connection: close\r\n', ''));
    const [, res] = await opened;
    const closed = gateway.close();
    res.writeHead(200, ['Link', '<a>', 'Link', '<b>', 'Content-Length', '4']).end('last');
    const [answer] = parseAnswers(await readToEnd(client));
    expect(answer).toMatchObject({ status: 200, body: 'last' });
    expect([answer?.headers.get('connection'), answer?.headers.get('link')]).toEqual(['close', '<a>, <b>']);
    await closed;
  });

  it('is empty in an answer to HEAD, and with 204 and 304', async () => {
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const) {
      const opened = service.arrived();
      client.write(`${method} /products HTTP/1.1\r\nHost: a\r\n\r\n`);
      const [, res] = await opened;
      res.writeHead(status, status === 200 ? { 'Content-Length': 7 } : {}).end();
      expect(await readUntil(client, /\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\r\n\r\n$`, 's'));
    }
  });
});

/** Writes until the stream is full. Returns the number of bytes. */
async function fill(res: ServerResponse): Promise<number> {
  const chunk = Buffer.alloc(65_536, 'x');
  let written = 0;
  do {
    written += chunk.length;
  } while (written < plenty && (res.write(chunk) || (await drained(res))));
  return written;
}

/** Resolves with whether the stream has room again within a short time. */
async function drained(stream: NodeJS.EventEmitter): Promise<boolean> {
  const soon = new AbortController();
  const stopped = setTimeout(() => soon.abort(), 200);
  try {
    await once(stream, 'drain', { signal: soon.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(stopped);
  }
}
