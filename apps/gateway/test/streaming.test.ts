import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HeldService } from './held-service.ts';
import { openHeldService, readToEndOf } from './held-service.ts';
import type { ProxyHarness } from './proxy-harness.ts';
import { openProxyHarness } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, readUntil } from './raw-client.ts';

let service: HeldService;
let gateway: ProxyHarness;
let client: Socket;
beforeEach(async () => {
  service = await openHeldService();
  gateway = await openProxyHarness({ origins: service.origins, maxBodyBytes: 50_000_000 });
  client = await openSocket(gateway.port);
});
afterEach(async () => {
  client.destroy();
  await gateway.close();
  service.close();
});

/** More than sockets and streams on the way hold. */
const plenty = 40_000_000;
const get = 'GET /products HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const post = (...headers: string[]) => ['POST /orders HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n');

describe('a body on its way', () => {
  it('reaches the service before its end was sent, byte for byte', async () => {
    const opened = service.arrived();
    client.write(post('Transfer-Encoding: chunked', 'Connection: close'));
    client.write('4\r\nfirs\r\n');
    const [req, res] = await opened;
    const [first] = await once(req, 'data');
    expect(String(first)).toBe('firs');
    client.write('3\r\nt, \r\n6\r\nsecond\r\n0\r\n\r\n');
    const rest = await readToEndOf(req);
    expect(rest).toBe('t, second');
    res.end('done');
    expect(parseAnswers(await readToEnd(client))).toMatchObject([{ status: 200, body: 'done' }]);
  });

  it('has the length that it was sent with', async () => {
    const opened = service.arrived();
    client.write(`${post('Content-Length: 5', 'Connection: close')}he`);
    const [req, res] = await opened;
    expect([req.headers['content-length'], req.headers['transfer-encoding']]).toEqual(['5', undefined]);
    client.write('llo');
    expect(await readToEndOf(req)).toBe('hello');
    res.end();
    await readToEnd(client);
  });

  it('comes from the service before its end was written, and so does the head alone', async () => {
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

  it('waits for a client that does not read', async () => {
    const opened = service.arrived();
    client.pause();
    client.write(get);
    const [, res] = await opened;
    const written = await fill(res);
    expect(written).toBeLessThan(plenty);
    res.end();
    expect(parseAnswers(await readToEnd(client.resume()))[0]?.body).toHaveLength(written);
  });

  it('waits for a service that does not read', async () => {
    const opened = service.arrived();
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    client.write(post('Transfer-Encoding: chunked', 'Connection: close') + chunk);
    const [req, res] = await opened;
    let chunks = 1;
    do {
      chunks += 1;
    } while (chunks * 65_536 < plenty && (client.write(chunk) || (await drained(client))));
    expect(chunks * 65_536).toBeLessThan(plenty);
    client.write('0\r\n\r\n');
    expect(await readToEndOf(req)).toHaveLength(chunks * 65_536);
    res.end();
    await readToEnd(client);
  });

  it('is asked for with 100 Continue', async () => {
    const opened = service.arrived();
    client.write(post('Content-Length: 2', 'Expect: 100-continue', 'Connection: close'));
    await readUntil(client, /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.write('{}');
    const [req, res] = await opened;
    expect([await readToEndOf(req), req.headers['expect']]).toEqual(['{}', undefined]);
    res.end('done');
    await readUntil(client, /200 OK.*done/s);
  });

  it('may be answered before its end, and the connection takes the next request', async () => {
    let opened = service.arrived();
    client.write(`${post('Content-Length: 10')}hello`);
    const [, early] = await opened;
    early.writeHead(413).end('enough');
    await readUntil(client, / 413 .*enough/s);
    opened = service.arrived();
    client.write(`world${get}`);
    const [next, res] = await opened;
    expect(next.method).toBe('GET');
    res.end('next');
    expect(parseAnswers(await readToEnd(client))).toMatchObject([{ status: 200, body: 'next' }]);
  });

  it('ends with its connection while the gateway drains, headers and all', async () => {
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

  it('is none for an answer to HEAD, 204 or 304', async () => {
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

/** Writes until nobody takes more. @returns how many bytes */
async function fill(res: ServerResponse): Promise<number> {
  const chunk = Buffer.alloc(65_536, 'x');
  let written = 0;
  do {
    written += chunk.length;
  } while (written < plenty && (res.write(chunk) || (await drained(res))));
  return written;
}

/** Whether there is room again; not while whoever reads has stopped. */
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
