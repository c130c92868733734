import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { oidcProvider as profile } from '../../src/presets/index.ts';
import { signedIntrospection, tokenOfClient, tokensOfUser } from './oidc-client.ts';
import { installIssuers, type RealIssuer, startIssuer, whileRunning } from './real-issuer.ts';
import { expectToOutlive, type WatchedIssuer, watchIssuer } from './watched-issuer.ts';

const api = 'https://api.example';

let provider: RealIssuer;
let main = '';
let other = '';
let service: WatchedIssuer;
beforeAll(async () => {
  installIssuers();
  provider = await startIssuer('oidc-provider');
  ({ main = '', other = '' } = await provider.origins());
}, 120_000);
beforeEach(async () => {
  service = await watch(main);
});
afterEach(() => service.close());
afterAll(() => provider.stop());

const watch = (issuer: string) => watchIssuer({ issuer, audience: api, profile });

describe('tokens of oidc-provider', () => {
  it('are accepted for a user and for a client', async () => {
    const { access } = await tokensOfUser(main, api);
    const own = { iss: main, aud: [api], client_id: 'shop' };
    const ofUser = service.verify(access);
    expect(ofUser).toMatchObject({ ...own, sub: 'user-1' });
    expect([...ofUser.scopes]).toEqual(['api:read']);
    expect(service.verify(await tokenOfClient(main, api))).toMatchObject({ ...own, sub: 'shop' });
  });

  it('are refused when they are not access tokens for this API by this issuer', async () => {
    const { access, id } = await tokensOfUser(main, api);
    const opaque = await tokenOfClient(main);
    const stranger = await whileRunning('oidc-provider', ({ main: url = '' }) => tokenOfClient(url, api));
    expect({
      'an ID token': service.outcome(id),
      'an ID token where API and client have one name': service.outcome(id, { audience: 'shop' }),
      'a signed introspection': service.outcome(await signedIntrospection(main, opaque)),
      'an opaque token': service.outcome(opaque),
      'another audience': service.outcome(await tokenOfClient(main, 'https://other.example')),
      'another issuer with the same keys': service.outcome(await tokenOfClient(other, api)),
      'another issuer with other keys': service.outcome(stranger),
      'another typ': service.outcome(access, { profile: { ...profile, typ: ['JWT'] } }),
    }).toEqual({
      'an ID token': 'invalid_token: header',
      'an ID token where API and client have one name': 'invalid_token: header',
      'a signed introspection': 'invalid_token: header',
      'an opaque token': 'invalid_token: malformed',
      'another audience': 'invalid_token: audience',
      'another issuer with the same keys': 'invalid_token: issuer',
      'another issuer with other keys': 'invalid_token: kid_unknown',
      'another typ': 'invalid_token: header',
    });
  });

  it('are refused once they have expired, also when they were accepted before', async () => {
    const { access } = await tokensOfUser(main, api);
    expect(service.outcome(access)).toBe('accepted');
    service.advance(306);
    expect(service.outcome(access)).toBe('token_expired: expired');
    expect(service.outcome(await tokenOfClient(main, api))).toBe('token_expired: expired');
  });

  it('are accepted throughout a rotation, as long as their key is published', async () => {
    const before = await tokenOfClient(main, api);
    await provider.ask('publish');
    expect(await service.refresh()).toBe('loaded');
    expect(service.keyIds()).toHaveLength(2);
    await provider.ask('promote');
    const after = await tokenOfClient(main, api);
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    expect([before, after].map((token) => service.outcome(token))).toEqual(['accepted', 'accepted']);
    await provider.ask('withdraw');
    expect([before, after].map((token) => service.outcome(token))).toEqual(['accepted', 'accepted']);
    expect(await service.refresh()).toBe('loaded');
    expect([before, after].map((token) => service.outcome(token))).toEqual(['invalid_token: kid_unknown', 'accepted']);
  });

  it('are accepted while the provider is away, until the keys are stale', () =>
    whileRunning('oidc-provider', async ({ main: url = '' }, own) => {
      const abandoned = await watch(url);
      await expectToOutlive(abandoned, [await tokenOfClient(url, api), await tokenOfClient(url, api)], own.stop);
    }));
});
