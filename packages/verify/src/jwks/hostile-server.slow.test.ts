import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type JwksListener, jwksAnswer, openJwksServer, statusAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, newIssuer, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';
import type { JwksFailure } from './index.ts';

const good = oldIssuer.jwks;
const [goodKey = {}] = good.keys;
/** Short only where it is waited for: a busy machine must not turn another failure into this one. */
const timeoutFor = (failure: JwksFailure) => (failure === 'timeout' ? 300 : 10_000);
const html = '<!doctype html><title>Sign in</title>';

let setup: JwksSetup;
afterEach(() => setup.close());

const cases: readonly (readonly [string, JwksFailure, JwksListener])[] = [
  ['never answers', 'timeout', () => {}],
  ['begins and never ends', 'timeout', (_req, res) => void begin(res).write('{"keys":[')],
  ['sends a byte at a time', 'timeout', (_req, res) => drip(begin(res))],
  ['sends without end', 'too_large', (_req, res) => pour(begin(res))],
  ['sends 50 MB', 'too_large', (_req, res) => void begin(res).end(Buffer.alloc(50_000_000, ' '))],
  ['sends 50 MB packed into 50 kB', 'too_large', packed('gzip', gzipSync(Buffer.alloc(50_000_000, ' ')))],
  ['sends a byte more than is taken', 'too_large', raw(JSON.stringify(good).padEnd(65_537))],
  ['sends a page', 'content', raw(html, { 'Content-Type': 'text/html' })],
  ['sends keys as text', 'content', jwksAnswer(good, { 'Content-Type': 'text/plain' })],
  ['sends keys as JSON in another name', 'content', jwksAnswer(good, { 'Content-Type': 'application/json-seq' })],
  ['does not say what it sends', 'content', (_req, res) => void res.end(JSON.stringify(good))],
  ['packs in a way that was not asked for', 'content', packed('br', brotliCompressSync(JSON.stringify(good)))],
  ['packs twice', 'content', packed('gzip, gzip', gzipSync(gzipSync(JSON.stringify(good))))],
  ['says gzip and sends none', 'content', packed('gzip', JSON.stringify(good))],
  ['stops in the middle of a gzip', 'content', packed('gzip', gzipSync(JSON.stringify(good)).subarray(0, 100))],
  ...[301, 302, 303, 307, 308].map(
    (status) => [`redirects with ${status}`, 'redirect', statusAnswer(status, { Location: '/keys' })] as const,
  ),
  ...[201, 204, 400, 401, 404, 429, 500, 503].map(
    (status) => [`answers ${status}`, 'status', statusAnswer(status)] as const,
  ),
  ['sends keys with a 500', 'status', (_req, res) => void begin(res, 500).end(JSON.stringify(good))],
  ['sends a page as JSON', 'malformed', raw(html)],
  ['sends nothing', 'malformed', raw('')],
  ['sends half a document', 'malformed', raw(JSON.stringify(good).slice(0, -5))],
  ['sends bytes that are no UTF-8', 'malformed', raw(Buffer.from(JSON.stringify({ ...good, x: 'é' }), 'latin1'))],
  ['sends no object', 'malformed', jwksAnswer([goodKey])],
  ['sends no keys', 'malformed', jwksAnswer({})],
  ['sends an empty list', 'malformed', jwksAnswer({ keys: [] })],
  ['sends a private key', 'malformed', jwksAnswer({ keys: [oldIssuer.privateKey.export({ format: 'jwk' })] })],
  ['sends a private member beside good keys', 'malformed', jwksAnswer({ keys: [goodKey, { ...goodKey, d: 'AQAB' }] })],
  [
    'sends a secret',
    'malformed',
    jwksAnswer({ keys: [{ kty: 'oct', kid: 'k', alg: 'HS256', use: 'sig', k: 'AQAB' }] }),
  ],
  ['sends a key for another use', 'malformed', jwksAnswer({ keys: [{ ...goodKey, use: 'enc' }] })],
  ['sends a key without kid', 'malformed', jwksAnswer({ keys: [{ ...goodKey, kid: undefined }] })],
  [
    'sends one kid twice',
    'malformed',
    jwksAnswer({ keys: [goodKey, { ...newIssuer.jwks.keys[0], kid: oldIssuer.kid }] }),
  ],
  ['hangs up', 'network', (req) => void req.socket.destroy()],
  ['hangs up in the middle', 'network', (_req, res) => breakOff(begin(res))],
  [
    'hangs up in the middle of a gzip',
    'network',
    (_req, res) => breakOff(begin(res, 200, { 'Content-Encoding': 'gzip' })),
  ],
  ['sends a header without end', 'network', jwksAnswer(good, { 'X-Padding': 'x'.repeat(100_000) })],
  ['speaks another protocol', 'network', (req) => void req.socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  [
    'switches the protocol',
    'network',
    (req) => void req.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
  ],
];

describe('createJwksSource, of a server that', () => {
  it.each(cases)('%s, has no keys and reports %s', async (_case, failure, listener) => {
    setup = await setUpJwks(listener, { timeoutMs: timeoutFor(failure) });
    await setup.source.start();
    expect(setup.outcomes).toEqual([failure]);
    expect(setup.server.requests).toHaveLength(1);
    expect(setup.outcomeFor(oldIssuer)).toBe('unavailable: keys_unavailable');
  });

  it.each(cases)('%s, keeps its keys and reports %s', async (_case, failure, listener) => {
    setup = await setUpJwks(jwksAnswer(good, { ETag: '"1"' }), { timeoutMs: timeoutFor(failure) });
    await setup.source.start();
    setup.server.answer(listener);
    expect(await setup.refresh()).toBe(failure);
    expect(setup.outcomeFor(oldIssuer)).toBe('accepted');
    expect(setup.outcomeFor(newIssuer)).toBe('unavailable: keys_unavailable');
  });
});

describe('createJwksSource', () => {
  it.each([
    ['becomes too large', 200, 'too_large'],
    ['is rejected for its status', 500, 'status'],
  ])('closes the connection on an answer that %s', async (_case, status, failure) => {
    let sent: Promise<number> | undefined;
    setup = await setUpJwks((req, res) => {
      sent = new Promise((resolve) => req.socket.on('close', () => resolve(req.socket.bytesWritten)));
      pour(begin(res, status));
    });
    await setup.source.start();
    expect(setup.outcomes).toEqual([failure]);
    // What the operating system holds on the way is sent, too.
    expect(await sent).toBeLessThan(20_000_000);
  });

  it('reports network when no server listens at the URL', async () => {
    const { url, close } = await openJwksServer(jwksAnswer(good));
    await close();
    setup = await setUpJwks(jwksAnswer(good), { url });
    await setup.source.start();
    expect(setup.outcomes).toEqual(['network']);
  });

  it('does not fall back to plain HTTP for an https URL', async () => {
    const plain = await openJwksServer(jwksAnswer(good));
    setup = await setUpJwks(jwksAnswer(good), { url: plain.url.replace('http:', 'https:') });
    await setup.source.start();
    expect(setup.outcomes).toEqual(['network']);
    expect(plain.requests).toEqual([]);
    await plain.close();
  });

  it.each([
    ['a status', statusAnswer(503), 'answered 503'],
    ['a redirect', statusAnswer(302, { Location: 'https://evil.example' }), 'answered 302, which is not followed'],
    ['a key', jwksAnswer({ keys: [{ ...goodKey, d: 'secret' }] }), 'keys[0].d is private or symmetric'],
    ['a document', raw('secret'), 'not JSON in UTF-8'],
  ])('reports what was wrong with %s, without its content', async (_case, listener, text) => {
    setup = await setUpJwks(listener);
    await setup.source.start();
    expect(setup.messages).toEqual([expect.stringContaining(text)]);
    expect(setup.messages[0]).not.toMatch(/secret|evil|127\.0\.0\.1/);
  });
});

function begin(res: ServerResponse, status = 200, headers: Readonly<Record<string, string>> = {}): ServerResponse {
  return res.writeHead(status, { 'Content-Type': 'application/jwk-set+json', ...headers });
}

function raw(content: string | Buffer, headers: Readonly<Record<string, string>> = {}): JwksListener {
  return (_req, res) => void begin(res, 200, headers).end(content);
}

function packed(coding: string, content: string | Buffer): JwksListener {
  return raw(content, { 'Content-Encoding': coding });
}

function drip(res: ServerResponse): void {
  const timer = setInterval(() => res.write(' '), 20);
  res.on('close', () => clearInterval(timer));
}

function pour(res: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, ' ');
  const more = () => {
    while (!res.destroyed && res.write(chunk));
  };
  res.on('drain', more);
  more();
}

function breakOff(res: ServerResponse): void {
  res.write(gzipSync('{"keys":[').subarray(0, 15), () => res.destroy());
}
