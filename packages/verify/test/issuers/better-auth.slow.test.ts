import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { AccessTokenProfile } from '../../src/index.ts';
import { installIssuers, type RealIssuer, recordOfTexts, startIssuer, whileRunning } from './real-issuer.ts';
import { expectToOutlive, type WatchedIssuer, watchIssuer } from './watched-issuer.ts';

/** Its JWT plugin makes one kind of token, without `typ`, for logged-in users. It has no scopes and no ID tokens. */
const profile = {
  typ: [null],
  otherHeaderMembers: [],
  algorithms: ['EdDSA'],
  jwk: { alg: 'required', use: 'optional' },
  audience: { claim: 'aud', forms: ['text'] },
  claims: { iat: 'seconds', id: 'id' },
  fixed: {},
  scopes: null,
  roles: null,
  session: null,
  maxLifetimeSeconds: 900,
  maxLength: 4096,
  refusesIdTokenBy: null,
} as const satisfies AccessTokenProfile;

const api = 'https://api.example';
const claims = z.object({ email: z.email(), emailVerified: z.boolean() });

let betterAuth: RealIssuer;
let origins: Readonly<Record<string, string>>;
let service: WatchedIssuer;
/** The opaque token of a session of the user that every instance knows. */
let session = '';
beforeAll(async () => {
  installIssuers();
  betterAuth = await startIssuer('better-auth');
  origins = await betterAuth.origins();
  session = await signUp(origins['main']);
}, 120_000);
beforeEach(async () => {
  service = await watch(origins['main'], session);
});
afterEach(() => service.close());
afterAll(() => betterAuth.stop());

async function watch(issuer = '', ofSession = ''): Promise<WatchedIssuer> {
  // It makes its first key for its first token.
  await requestToken(issuer, ofSession);
  return await watchIssuer({ issuer, audience: api, jwksUrl: `${issuer}/api/auth/jwks`, profile, claims });
}

async function signUp(origin = ''): Promise<string> {
  const response = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' }),
  });
  const { token } = Object(await response.json());
  return recordOfTexts({ token })['token'] ?? '';
}

async function requestToken(origin: string, ofSession: string): Promise<string> {
  const headers = { authorization: `Bearer ${ofSession}` };
  const response = await fetch(`${origin}/api/auth/token`, { headers });
  return recordOfTexts(await response.json())['token'] ?? '';
}

const tokenOf = (instance: string) => requestToken(origins[instance] ?? '', session);
const tokenOfStranger = () =>
  whileRunning('better-auth', async ({ main = '' }) => requestToken(main, await signUp(main)));

describe('tokens of better-auth', () => {
  it('are accepted, with claims of the user', async () => {
    const verified = service.verify(await tokenOf('main'));
    expect(verified).toMatchObject({
      iss: origins['main'],
      aud: [api],
      email: 'ada@example.org',
      emailVerified: false,
    });
    expect(verified).toHaveProperty('id', verified.sub);
  });

  it('are refused when they are not for this API by this issuer', async () => {
    const token = await tokenOf('main');
    expect({
      'a session token': service.outcome(session),
      'another audience': service.outcome(await tokenOf('otherAudience')),
      'another issuer with the same keys': service.outcome(await tokenOf('otherIssuer')),
      'another issuer with other keys': service.outcome(await tokenOfStranger()),
      'another typ': service.outcome(token, { profile: { ...profile, typ: ['at+jwt'] } }),
      'an algorithm that the profile lacks': service.outcome(token, { profile: { ...profile, algorithms: ['RS256'] } }),
      'a claim that is not verified': service.outcome(token, { claims: z.object({ emailVerified: z.literal(true) }) }),
    }).toEqual({
      'a session token': 'invalid_token: malformed',
      'another audience': 'invalid_token: audience',
      'another issuer with the same keys': 'invalid_token: issuer',
      'another issuer with other keys': 'invalid_token: kid_unknown',
      'another typ': 'invalid_token: header',
      'an algorithm that the profile lacks': 'invalid_token: header',
      'a claim that is not verified': 'invalid_token: claims',
    });
  });

  it('are refused once they have expired, also when they were accepted before', async () => {
    const token = await tokenOf('main');
    expect(service.outcome(token)).toBe('accepted');
    service.advance(906);
    expect(service.outcome(token)).toBe('token_expired: expired');
    expect(service.outcome(await tokenOf('main'))).toBe('token_expired: expired');
  });

  it('are accepted throughout a rotation; those of the new key as soon as it is fetched', async () => {
    const before = await tokenOf('main');
    await betterAuth.ask('rotate');
    // The key is made and published by the first token that it signs: nobody can know it earlier.
    const after = await tokenOf('main');
    const fetched = service.nextOutcome();
    expect([before, after].map((token) => service.outcome(token))).toEqual(['accepted', 'invalid_token: kid_unknown']);
    expect(await fetched).toBe('loaded');
    expect(service.keyIds()).toHaveLength(2);
    expect([before, after].map((token) => service.outcome(token))).toEqual(['accepted', 'accepted']);
  });

  it('are accepted while it is away, until the keys are stale', () =>
    whileRunning('better-auth', async ({ main = '' }, own) => {
      const ofSession = await signUp(main);
      const abandoned = await watch(main, ofSession);
      await expectToOutlive(
        abandoned,
        [await requestToken(main, ofSession), await requestToken(main, ofSession)],
        own.stop,
      );
    }));
});
