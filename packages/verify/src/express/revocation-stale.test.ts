import { describe, expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import { createServiceTokenSigner } from '../service-token-signer.ts';
import { createServiceTokenVerifier } from '../service-token-verifier.ts';
import { createSingleUseStore } from '../single-use-store.ts';
import { createTestEdge } from '../testing/index.ts';
import { type CallDecision, type RevocationStaleOptions, refusals, requireCaller, requireUser } from './index.ts';

const { clock, issuer, verifier } = setUpAccessTokens();
const { now } = clock;
const edge = createTestEdge('product', 'order');
const signer = createServiceTokenSigner({ service: 'product', keys: edge.calls, now });
const path = '/internal/notes' as const;
const note = { id: 'order:notes.read', method: 'GET', path, callers: ['product'], user: 'required' } as const;
const count = { ...note, id: 'order:notes.count', path: '/internal/count', user: 'none' } as const;
const token = issuer.token();

/** Two routes for users and two for services. One of each denies requests while `isStale` returns true. */
function newApp(isStale: () => boolean) {
  const deny = { onRevocationStale: 'deny', revocations: { isStale } } as const;
  const decisions: CallDecision[] = [];
  const calls = {
    verifier: createServiceTokenVerifier({
      service: 'order',
      keys: edge.accepts,
      accessTokens: verifier,
      now,
      singleUse: createSingleUseStore({ capacity: 100, now }),
    }),
    onDecision: (decision: CallDecision) => decisions.push(decision),
  };
  const app = express();
  app.get('/read', requireUser(verifier), (_req, res) => void res.json('read'));
  app.get('/change', requireUser(verifier, deny), (_req, res) => void res.json('changed'));
  for (const operation of [note, count]) {
    app.get(operation.path, requireCaller(operation, { ...calls, ...deny }), (_req, res) => void res.json('called'));
  }
  app.use(refusals());
  const get = (target: string, bearer = token) => supertest(app).get(target).set('Authorization', `Bearer ${bearer}`);
  const callNote = () =>
    get(note.path).set('Service-Token', signer.sign({ operation: note, target: note.path, accessToken: token }));
  const callCount = () =>
    supertest(app)
      .get(count.path)
      .set('Service-Token', signer.sign({ operation: count, target: count.path }));
  return { get, callNote, callCount, decisions };
}

describe('onRevocationStale', () => {
  it("lets a route with 'deny' answer 503 with Retry-After while revocations are stale, and no other", async () => {
    let isStale = false;
    const { get } = newApp(() => isStale);
    expect([(await get('/read')).status, (await get('/change')).status]).toEqual([200, 200]);
    isStale = true;
    expect((await get('/read')).status).toBe(200);
    const denied = await get('/change');
    expect([denied.status, denied.body.code, denied.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
    expect(denied.headers['www-authenticate']).toBeUndefined();
    isStale = false;
    expect((await get('/change')).status).toBe(200);
  });

  it('answers 401 to an invalid token, stale or not', async () => {
    const { get } = newApp(() => true);
    expect((await get('/change', issuer.token({ exp: 1 }))).status).toBe(401);
  });

  it('applies to calls on behalf of a user, with its reason in the decision', async () => {
    let isStale = true;
    const { callNote, callCount, decisions } = newApp(() => isStale);
    expect([(await callNote()).status, (await callCount()).status]).toEqual([503, 200]);
    expect(decisions[0]).toMatchObject({
      decision: 'deny',
      caller: 'product',
      code: 'unavailable',
      reason: 'revocations_stale',
    });
    isStale = false;
    expect((await callNote()).status).toBe(200);
  });

  it.each([
    { onRevocationStale: 'deny' },
    { onRevocationStale: 'deny', revocations: null },
    { onRevocationStale: 'deny', revocations: { isStale: true } },
    { onRevocationStale: 'refuse' },
    { onRevocationStale: true },
  ])('throws where the route is built when it is %j', (options) => {
    expect(() => requireUser(verifier, options as RevocationStaleOptions)).toThrow(TypeError);
  });
});
