import { Problem } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import type { Authentication } from '../src/authentication/authentication.ts';
import type { Answer } from './capturing-services.ts';
import { session, useProxiedServices } from './proxied-services.ts';
import { openSocket, readToEnd, sendRaw } from './raw-client.ts';

const proxied = useProxiedServices();

describe('a service that refuses the token of a session', () => {
  const body = JSON.stringify({ code: 'token_revoked', status: 401 });
  const challenge = 'Bearer realm="api", error="invalid_token"';
  const refuse: Answer = (_req, res) =>
    res.writeHead(401, { 'Content-Type': 'application/problem+json', 'WWW-Authenticate': challenge }).end(body);

  const refuseFirst: Answer = (req, res) =>
    proxied.services.requests.length === 1 ? refuse(req, res) : void res.writeHead(200).end('done');

  it.each(['GET', 'HEAD', 'POST'])(
    'receives %s once more, with another token of the session and the same body',
    async (method) => {
      const codes: string[] = [];
      await proxied.open(() =>
        session(async (code) => {
          codes.push(code);
          return 'renewed';
        }),
      );
      proxied.services.answer(refuseFirst);
      const body = method === 'POST' ? '{"a":1}' : '';
      const lines = [`${method} /products HTTP/1.1`, 'Host: a', 'Connection: close', `Content-Length: ${body.length}`];
      const socket = await openSocket(proxied.gateway.port);
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
      expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 /);
      expect(codes).toEqual([method === 'HEAD' ? 'invalid_token' : 'token_revoked']);
      expect(proxied.arrived('authorization')).toEqual(['Bearer kept', 'Bearer renewed']);
      expect(proxied.services.requests.map((request) => request.body)).toEqual([body, body]);
      expect(await proxied.gateway.samples('gateway_upstream_failures_total')).toEqual([]);
    },
  );

  it('receives no third request: 503 when it also refuses the new token as revoked', async () => {
    await proxied.open(() => session(async () => 'renewed'));
    proxied.services.answer(refuse);
    const answer = await proxied.send();
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([503, 'unavailable']);
    expect(answer?.headers.get('retry-after')).toBe('1');
    expect(proxied.services.requests).toHaveLength(2);
  });

  it('causes the problem of the session when that has no other token', async () => {
    await proxied.open(() => session(() => Promise.reject(new Problem('no_session', { reason: 'ended' }))));
    proxied.services.answer(refuse);
    expect(JSON.parse((await proxied.send())?.body ?? '').code).toBe('no_session');
    expect(await proxied.gateway.requestLine()).toMatchObject({ status: 401, code: 'no_session', session: 's1' });
  });

  it('has its refusal forwarded when the session has no other token', async () => {
    await proxied.open(() => session());
    proxied.services.answer(refuse);
    const answer = await proxied.send();
    expect(answer).toMatchObject({ status: 401, body });
    expect(answer?.headers.get('www-authenticate')).toBe(challenge);
    expect(answer?.headers.get('cache-control')).toBe('no-store');
  });

  it('has its refusal forwarded when that has no code', async () => {
    await proxied.open(() => session(async () => 'renewed'));
    for (const text of ['', 'no JSON', 'null', '[]', '{"code":1}', '"code"']) {
      proxied.services.answer((_req, res) => res.writeHead(401).end(text));
      expect(await proxied.send()).toMatchObject({ status: 401, body: text });
    }
  });

  it('has its refusal forwarded to HEAD', async () => {
    await proxied.open(() => session());
    proxied.services.answer(refuse);
    const answers = await sendRaw(
      proxied.gateway.port,
      'HEAD /products HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(answers).toMatchObject([{ status: 401, body: '' }]);
  });

  it('causes a 502 when its refusal is longer than 16 KB', async () => {
    await proxied.open(() => session());
    proxied.services.answer((_req, res) => res.writeHead(401).end('x'.repeat(16_385)));
    expect((await proxied.send())?.status).toBe(502);
    proxied.services.answer((_req, res) => res.writeHead(401).end('x'.repeat(16_384)));
    expect(await proxied.send()).toMatchObject({ status: 401, body: 'x'.repeat(16_384) });
  });

  it('causes a 502 when its refusal breaks off, and no part of that is forwarded', async () => {
    await proxied.open(() => session());
    proxied.services.answer((_req, res) =>
      res.writeHead(401, { 'Content-Length': 9 }).write('half', () => res.destroy()),
    );
    const answer = await proxied.send();
    expect([answer?.status, answer?.body.includes('half')]).toEqual([502, false]);
    expect(await proxied.gateway.samples('gateway_upstream_failures_total')).toHaveLength(1);
  });

  it('causes a 503 when the session cannot be renewed', async () => {
    await proxied.open(() => session(() => Promise.reject(new Problem('unavailable'))));
    proxied.services.answer(refuse);
    expect((await proxied.send())?.status).toBe(503);
  });

  it.each<Authentication['kind']>(['bearer', 'anonymous'])(
    'has its refusal forwarded to a client that is %s',
    async (kind) => {
      await proxied.open(() => (kind === 'session' ? session() : { kind }));
      proxied.services.answer(refuse);
      expect(await proxied.send()).toMatchObject({ status: 401, body });
    },
  );
});
