import {
  type CallAttack,
  callAttacks,
  decisionsOn,
  sendCall,
  testCallAttacks,
  testLedger,
  testOtherRoutes,
  testSingleUse,
  testUnlistedCaller,
  testUnmatched,
  type WellMadeCall,
} from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contactPath, goodCall } from './contact-calls.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

describe('GET /internal/users/:id/contact', () => {
  it('answers 200 with name and e-mail, and null for a contact that was not given', async () => {
    const { user, sent } = await goodCall(harness);
    const { status, headers, body } = await sendCall(harness, sent);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({ name: 'Ada', email: user.email, phone: null, address: null });
  });

  it('answers 200 with the contact that the user has given', async () => {
    const { user, sent } = await goodCall(harness);
    const address = { line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
    await harness.db.client.user.update({ where: { id: user.id }, data: { phone: '+442079460000', address } });
    const { body } = await sendCall(harness, sent);
    expect(body).toEqual({ name: 'Ada', email: user.email, phone: '+442079460000', address });
  });

  it('logs the caller and a hash of the user’s id, once', async () => {
    const { sent } = await goodCall(harness);
    expect(decisionsOn(harness, await sendCall(harness, sent))).toEqual([
      {
        decision: 'allow',
        operation: 'user:contacts.read',
        caller: 'order',
        kid: harness.calls.order.get('user')?.kid,
        jti: expect.stringMatching(/^[\w-]{22}$/),
        user: expect.stringMatching(/^[\w-]{22}$/),
        ms: expect.any(Number),
      },
    ]);
  });

  it.each([
    ['another user', async () => (await harness.addUser()).id],
    ['no user', async () => 'ada'],
  ])('answers 404 to the contact of %s', async (_case, makeId) => {
    const { sign, sent } = await goodCall(harness);
    const path = contactPath(await makeId());
    const { body } = await sendCall(harness, { ...sent, path, serviceToken: sign({ path }) });
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('answers 404 when the account was deleted', async () => {
    const { user, sent } = await goodCall(harness);
    await harness.db.client.user.delete({ where: { id: user.id } });
    expect((await sendCall(harness, sent)).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it.each([
    [
      'token_expired',
      'has expired',
      () => harness.issuer.token({ iat: harness.now() - 700, exp: harness.now() - 100 }),
    ],
    ['invalid_token', 'is for another audience', () => harness.issuer.token({ aud: ['order'] })],
    ['invalid_token', 'has a sub that is no UUID', () => harness.issuer.token({ sub: 'ada' })],
    ['invalid_token', 'has a sid that is no UUID', () => harness.issuer.token({ sid: 'session-1' })],
    ['invalid_token', 'is a service token', ({ sent }: WellMadeCall) => sent.serviceToken],
  ])('answers 401 %s when the user’s token %s', async (code, _case, makeBearer) => {
    const call = await goodCall(harness);
    const bearer = makeBearer(call);
    const { headers, body } = await sendCall(harness, { ...call.sent, bearer, serviceToken: call.sign({ bearer }) });
    expect(body).toMatchObject({ status: 401, code });
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="api", error="invalid_token"/);
  });
});

const otherId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const operation = { app: () => harness, makeCall: () => goodCall(harness), answer: 200 } as const;

const attacks: readonly CallAttack[] = [
  ...callAttacks,
  ['a body added', 'content_binding', () => ({ content: '{}' })],
  ['another id in the path', 'target', () => ({ path: contactPath(otherId) })],
  ['HEAD instead of GET', 'method', () => ({ method: 'head' })],
  ['another user’s token', 'access_token_binding', () => ({ bearer: harness.issuer.token({ sub: otherId }) })],
  ['the user’s token stripped', 'access_token_binding', () => ({ bearer: undefined })],
  ['the user’s token added', 'access_token_binding', ({ sign }) => ({ serviceToken: sign({ bearer: undefined }) })],
  [
    'a token for another operation',
    'operation',
    ({ sign }) => ({ serviceToken: sign({ operation: 'contacts.write' }) }),
  ],
];

describe('GET /internal/users/:id/contact without the scope account', () => {
  it('answers 403', async () => {
    const { user, sent, sign } = await goodCall(harness);
    const bearer = harness.issuer.token({ sub: user.id, scope: 'order:read order:write' });
    const { headers, body } = await sendCall(harness, { ...sent, bearer, serviceToken: sign({ bearer }) });
    expect(body).toMatchObject({ status: 403, code: 'insufficient_scope' });
    expect(headers['www-authenticate']).toContain('scope="account"');
  });
});

describe('GET /internal/users/:id/contact under attack', () => {
  testCallAttacks(operation, attacks);
  testSingleUse(operation);
  testUnlistedCaller(operation);

  it('answers 401 to a service without a user token', async () => {
    const { sent, sign } = await goodCall(harness);
    const serviceToken = sign({ bearer: undefined });
    const { headers, body } = await sendCall(harness, { ...sent, bearer: undefined, serviceToken });
    expect(body).toMatchObject({ status: 401, code: 'missing_token' });
    expect(headers['www-authenticate']).toBe('Bearer realm="api"');
  });
});

describe('the ledger of user:contacts.read', () => {
  testLedger(operation);
  testUnmatched(operation);
});

describe('a service token on a route that is no operation', () => {
  testOtherRoutes(operation, [
    ['get', '/users/me'],
    ['post', '/auth/login'],
    ['get', '/.well-known/jwks.json'],
    ['post', contactPath(otherId)],
    ['get', contactPath(otherId).toUpperCase()],
    ['get', '/nowhere'],
  ]);
});
