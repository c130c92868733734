import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../test/outcome.ts';
import { jwksOf, refusalsOf, tokenOf } from '../../test/presets/refusals.ts';
import { now, type Vendor } from '../../test/presets/vendor.ts';
import { vendors } from '../../test/presets/vendors.ts';
import { createAccessTokenVerifier } from '../access-token.ts';
import type { AccessTokenProfile } from '../access-token-profile.ts';
import { parseJwks } from '../public-keys.ts';
import * as presets from './index.ts';

function verifierOf(vendor: Vendor, profile: AccessTokenProfile = vendor.profile) {
  const keys = parseJwks(jwksOf(vendor), { profile });
  const { issuer, audience } = vendor;
  return createAccessTokenVerifier({ issuer, audience, profile, keys, revocations: null, now: () => now });
}

describe('the presets', () => {
  it('are all in this table', () => {
    const exported = Object.entries(presets);
    expect(vendors.map(({ name, profile }) => [name, profile]).sort()).toEqual(exported.sort());
  });

  it.each(vendors)('have at least 3 good and 14 bad tokens each: $name', (vendor) => {
    const tokens = (list: readonly { readonly token: string }[]) => new Set(list.map(({ token }) => token)).size;
    const good = vendor.good.map(({ header, payload }) => ({ token: JSON.stringify({ header, payload }) }));
    expect(tokens(good)).toBeGreaterThanOrEqual(3);
    expect(tokens(refusalsOf(vendor))).toBeGreaterThanOrEqual(14);
  });
});

describe.each(vendors)('the preset $name', (vendor) => {
  const verifier = verifierOf(vendor);

  it.each(vendor.good)('accepts $title', ({ header, payload, scopes, roles }) => {
    const token = tokenOf(vendor, { ...vendor.header, ...header }, payload);
    const claims = verifier.verify(token);
    expect([claims.iss, claims.sub, claims.exp]).toEqual([vendor.issuer, payload['sub'], payload['exp']]);
    expect(claims.aud).toContain(vendor.audience);
    expect([[...claims.scopes], claims.roles]).toEqual([scopes, roles]);
    const { fixed, claims: forms } = vendor.profile;
    for (const name of [...Object.keys(fixed), ...Object.keys(forms)])
      expect([name, Reflect.get(claims, name)]).toEqual([name, payload[name]]);
  });

  it('ignores the keys that sign no access tokens', () => {
    expect([...parseJwks(jwksOf(vendor), vendor).keys()]).not.toContain('p521');
  });

  it.each(refusalsOf(vendor))('refuses $title', ({ token, refusal }) => {
    expect(outcomeOf(() => verifier.verify(token))).toBe(refusal);
  });

  it('names the rule that refuses its ID token', () => {
    expect(vendor.profile.refusesIdTokenBy).toBe(vendor.idTokenRefusal);
  });

  it('would accept its ID token if the profile had no rule against it: nothing else is wrong with it', () => {
    const { header, payload } = vendor.idToken;
    const lax = verifierOf(vendor, {
      ...vendor.profile,
      typ: [...vendor.profile.typ, null],
      audience: { claim: 'aud', forms: ['text'] },
      claims: { iat: 'seconds' },
      fixed: {},
      absent: [],
      scopes: null,
    });
    expect(outcomeOf(() => lax.verify(tokenOf(vendor, header, payload)))).toBe('accepted');
  });

  it.each(vendors.filter(({ name }) => name !== vendor.name))('refuses the tokens of $name', (other) => {
    const token = tokenOf(vendor, { ...other.header, kid: vendor.header['kid'] }, other.good[0].payload);
    expect(outcomeOf(() => verifier.verify(token))).toMatch(/^invalid_token: (header|audience)$/);
  });
});
