import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import express from 'express';
import { listen, send, type WireRequest } from '../../test/http.ts';
import { type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import { createQuote, openDoor, quoteCall, quoteContent, readNote } from '../../test/service-calls.ts';
import { identityOf } from '../http/identity.ts';
import { accessTokenOf, userOf } from './identity.ts';
import { refusals } from './problem.ts';
import { type RequireCallerOptions, requireCaller } from './require-caller.ts';

let product: QuoteService;
beforeAll(async () => {
  product = await startQuoteService();
});
afterAll(() => product.close());

const json = ['Content-Type', 'application/json'] as const;

/** A quote as it should be, but for its headers. */
function quote(change: Partial<WireRequest> = {}): WireRequest {
  const headers = [['Service-Token', product.signer.sign(quoteCall)], json] as const;
  return { method: 'POST', target: quoteCall.target, headers, body: quoteContent, ...change };
}

/** A note read for a user. */
function note(accessToken: string): WireRequest {
  const call = product.noteCall(accessToken);
  const authorization = ['Authorization', `Bearer ${accessToken}`] as const;
  return { target: call.target, headers: [['Service-Token', product.signer.sign(call)], authorization] };
}

describe('requireCaller', () => {
  it('binds the whole target, also on a mounted router', async () => {
    const options = { verifier: product.verifier, onDecision: () => undefined };
    const router = express.Router().post('/quotes', requireCaller(createQuote, options), (_req, res) => void res.end());
    const server = await listen(express().use('/internal', router).use(refusals()));
    expect(await send(server.port, quote())).toMatchObject({ status: 200 });
    const headers = [['Service-Token', product.signer.sign({ ...quoteCall, target: '/quotes' })], json] as const;
    expect(await send(server.port, quote({ headers }))).toMatchObject({ code: 'invalid_service_token' });
    await server.close();
  });

  it('reads content up to its limit', async () => {
    const limited = (limitBytes: number) =>
      requireCaller(createQuote, { verifier: product.verifier, onDecision: () => undefined, limitBytes });
    const sizes = [1, quoteContent.length - 1, quoteContent.length];
    const statuses = sizes.map(async (limitBytes) => {
      const app = express().post('/internal/quotes', limited(limitBytes), (_req, res) => void res.end());
      const server = await listen(app.use(refusals()));
      const { status } = await send(server.port, quote());
      await server.close();
      return status;
    });
    expect(await Promise.all(statuses)).toEqual([413, 413, 200]);
  });

  it('returns the user of a call, and the token to forward', async () => {
    const guard = requireCaller(readNote, { verifier: product.verifier, onDecision: () => undefined });
    const app = express().get('/internal/notes/:id', guard, (req, res) => {
      res.json([userOf(req).sub, accessTokenOf(req), identityOf(req)]);
    });
    const server = await listen(app);
    const token = product.userToken({ sub: 'ada' });
    const answer = await send(server.port, note(token));
    expect(JSON.parse(answer.text)).toEqual(['ada', token, { user: 'ada', caller: 'order' }]);
    await server.close();
  });

  it('has no user for a call without one', async () => {
    const guard = requireCaller(createQuote, { verifier: product.verifier, onDecision: () => undefined });
    const app = express().post('/internal/quotes', guard, (req, res) => void res.json(identityOf(req)));
    const server = await listen(app);
    expect(await send(server.port, quote())).toMatchObject({ status: 200, text: '{"caller":"order"}' });
    await server.close();
  });

  it('throws a plain error when a middleware has set an encoding on the body', async () => {
    const decoded: RequestHandler = (req, _res, next) => next(void req.setEncoding('utf8'));
    const decisions: unknown[] = [];
    const onDecision = (decision: unknown) => void decisions.push(decision);
    const guard = requireCaller(createQuote, { verifier: product.verifier, onDecision });
    const app = express().post('/internal/quotes', decoded, guard, (_req, res) => void res.end());
    const server = await listen(app.set('env', 'test').use(refusals()));
    expect(await send(server.port, quote())).toMatchObject({ status: 500 });
    expect(decisions).toHaveLength(0);
    await server.close();
  });

  it.each([
    ['no options', undefined, 'undefined'],
    ['no verifier', { verifier: undefined }, 'requireCaller needs a service token verifier'],
    ['a verifier that is none', { verifier: {} }, 'requireCaller needs a service token verifier'],
    ['no onDecision', { onDecision: undefined }, 'requireCaller needs onDecision'],
    ['a limit of NaN', { limitBytes: Number.NaN }, 'limitBytes must be a whole number above 0'],
    ['an infinite limit', { limitBytes: Number.POSITIVE_INFINITY }, 'limitBytes must be a whole number above 0'],
    ['a limit of nothing', { limitBytes: 0 }, 'limitBytes must be a whole number above 0'],
    ['a limit as text', { limitBytes: '1mb' }, 'limitBytes must be a whole number above 0'],
  ])('throws at build time with %s', (_case, change, message) => {
    const options = { verifier: product.verifier, onDecision: () => undefined, ...change };
    const given = (change === undefined ? undefined : options) as unknown as RequireCallerOptions;
    expect(() => requireCaller(openDoor, given)).toThrow(TypeError);
    expect(() => requireCaller(openDoor, given)).toThrow(message);
  });
});
