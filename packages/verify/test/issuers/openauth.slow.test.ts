import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { AccessTokenProfile } from '../../src/index.ts';
import { installIssuers, type RealIssuer, recordOfTexts, startIssuer, whileRunning } from './real-issuer.ts';
import { expectToOutlive, type WatchedIssuer, watchIssuer } from './watched-issuer.ts';

/** Its access tokens have no `iat` and no `jti`, and are for the client that got them. It makes no ID tokens. */
const profile = {
  typ: ['JWT'],
  otherHeaderMembers: [],
  algorithms: ['ES256'],
  jwk: { alg: 'required', use: 'required' },
  audience: { claim: 'aud', forms: ['text'] },
  claims: {},
  fixed: { mode: 'access', type: 'user' },
  scopes: null,
  roles: null,
  session: null,
  maxLifetimeSeconds: 3600,
  maxLength: 4096,
  refusesIdTokenBy: null,
} as const satisfies AccessTokenProfile;

const claims = z.object({ properties: z.object({ userId: z.string() }) });

let openAuth: RealIssuer;
let origins: Readonly<Record<string, string>>;
let main = '';
let service: WatchedIssuer;
beforeAll(async () => {
  installIssuers();
  openAuth = await startIssuer('openauth');
  origins = await openAuth.origins();
  main = origins['main'] ?? '';
}, 120_000);
beforeEach(async () => {
  service = await watch(main);
});
afterEach(() => service.close());
afterAll(() => openAuth.stop());

const watch = (issuer: string) => watchIssuer({ issuer, audience: 'shop', profile, claims });

/** Gets the tokens of a client that acts as a subject of a kind. */
async function tokensAt(origin: string, { client = 'shop', kind = 'user' } = {}): Promise<Record<string, string>> {
  const form = { grant_type: 'client_credentials', provider: 'machine', client_id: client, client_secret: kind };
  const response = await fetch(`${origin}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return recordOfTexts(await response.json());
}

async function tokenAt(origin: string, options = {}): Promise<string> {
  return (await tokensAt(origin, options))['access_token'] ?? '';
}

const tokenOfStranger = () => whileRunning('openauth', ({ main: url = '' }) => tokenAt(url));

describe('tokens of OpenAuth', () => {
  it('are accepted, with the properties of their subject', async () => {
    const verified = service.verify(await tokenAt(main));
    expect(verified).toMatchObject({ iss: main, aud: ['shop'], type: 'user', properties: { userId: 'user-1' } });
    expect(verified).not.toHaveProperty('iat');
  });

  it('are refused when they are not access tokens of a user for this client by this issuer', async () => {
    const { access_token: token = '', refresh_token: refreshToken = '' } = await tokensAt(main);
    expect({
      'a refresh token': service.outcome(refreshToken),
      'another audience': service.outcome(await tokenAt(main, { client: 'other' })),
      'another issuer with the same keys': service.outcome(await tokenAt(origins['other'] ?? '')),
      'another issuer with other keys': service.outcome(await tokenOfStranger()),
      'another kind of subject': service.outcome(await tokenAt(main, { kind: 'job' })),
      'another typ': service.outcome(token, { profile: { ...profile, typ: ['at+jwt'] } }),
    }).toEqual({
      'a refresh token': 'invalid_token: malformed',
      'another audience': 'invalid_token: audience',
      'another issuer with the same keys': 'invalid_token: issuer',
      'another issuer with other keys': 'invalid_token: kid_unknown',
      'another kind of subject': 'invalid_token: claims',
      'another typ': 'invalid_token: header',
    });
  });

  it('are refused when they live for 30 days, as they do unless it is told otherwise', async () => {
    const { longLived = '' } = origins;
    expect(service.outcome(await tokenAt(longLived), { issuer: longLived })).toBe('invalid_token: lifetime');
  });

  it('are refused once they have expired, also when they were accepted before', async () => {
    const token = await tokenAt(main);
    expect(service.outcome(token)).toBe('accepted');
    service.advance(606);
    expect(service.outcome(token)).toBe('token_expired: expired');
    expect(service.outcome(await tokenAt(main))).toBe('token_expired: expired');
  });

  it('are accepted throughout a rotation, as long as their key is published', async () => {
    const before = await tokenAt(main);
    expect(service.outcome(before)).toBe('accepted');
    await openAuth.ask('rotate');
    expect(await service.refresh()).toBe('loaded');
    expect(service.keyIds()).toHaveLength(2);
    const after = await tokenAt(main);
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    expect([before, after].map((token) => service.outcome(token))).toEqual(['accepted', 'accepted']);
  });

  it('are accepted while it is away, until the keys are stale', () =>
    whileRunning('openauth', async ({ main: url = '' }, own) => {
      const abandoned = await watch(url);
      await expectToOutlive(abandoned, [await tokenAt(url), await tokenAt(url)], own.stop);
    }));
});
