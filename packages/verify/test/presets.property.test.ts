import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAccessTokenVerifier } from '../src/access-token.ts';
import type { AccessTokenProfile, ClaimForm } from '../src/access-token-profile.ts';
import { parseJwks } from '../src/public-keys.ts';
import { skewSeconds } from '../src/times.ts';
import { outcomeOf } from './outcome.ts';
import { jwksOf, tokenOf } from './presets/refusals.ts';
import { type Members, now, type Vendor } from './presets/vendor.ts';
import { vendors } from './presets/vendors.ts';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** The forms of claims in their own words: a second opinion, which shares no code with the verifier. */
const isOf: Readonly<Record<ClaimForm, (value: unknown) => boolean>> = {
  text: isText,
  id: (value) => isText(value) && value.length <= 255,
  id128: (value) => isText(value) && /^[\w-]{22}$/.test(value),
  words: (value) => typeof value === 'string',
  texts: isTexts,
  seconds: isSeconds,
};

function isGoodAudience(value: unknown, { profile, audience }: Vendor): boolean {
  const { forms } = profile.audience;
  return isTexts(value)
    ? forms.includes('texts') && value.includes(audience)
    : forms.includes('text') && value === audience;
}

function isGoodTime(payload: Members, { maxLifetimeSeconds }: AccessTokenProfile): boolean {
  const { iat, exp, nbf } = payload;
  if (!isSeconds(iat) || !isSeconds(exp) || (Object.hasOwn(payload, 'nbf') && !isSeconds(nbf))) return false;
  const latest = now + skewSeconds;
  return (
    iat <= latest &&
    Number(nbf ?? 0) <= latest &&
    exp > now - skewSeconds &&
    exp > iat &&
    exp - iat <= maxLifetimeSeconds
  );
}

/** Says by the profile whether a payload with one claim changed may be accepted. */
function isAllowed(name: string, payload: Members, vendor: Vendor): boolean {
  const { profile, issuer } = vendor;
  const isThere = Object.hasOwn(payload, name);
  const value = payload[name];
  if (profile.absent?.includes(name)) return !isThere;
  if (name === profile.audience.claim && !isGoodAudience(value, vendor)) return false;
  if (name === 'iss') return value === issuer;
  if (name === 'sub') return isOf.id(value);
  if (['iat', 'exp', 'nbf'].includes(name)) return isGoodTime(payload, profile);
  if (Object.hasOwn(profile.fixed, name)) return value === profile.fixed[name];
  const form = profile.claims[name];
  if (form !== undefined) return isThere ? isOf[form.replace('?', '') as ClaimForm](value) : form.endsWith('?');
  for (const place of [profile.scopes, profile.roles]) {
    if (place?.path[0] !== name) continue;
    if (!isThere) return !place.isRequired;
    return isGoodPlace(value, place.path.slice(1), place);
  }
  return true;
}

function isGoodPlace(
  value: unknown,
  path: readonly string[],
  place: NonNullable<AccessTokenProfile['scopes']>,
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return isOf[place.form](value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.hasOwn(value, name) ? isGoodPlace(Reflect.get(value, name), rest, place) : !place.isRequired;
}

/** Any JSON value, those that are good somewhere more often. */
const anyValue = (vendor: Vendor) =>
  fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      ...['', 'x', 'ID', 'access', '1', 1, 0, -1, true, null, [], {}, ['x'], [''], ['x', 5]],
      ...[vendor.audience, [vendor.audience], [vendor.audience, 'x'], vendor.issuer, [vendor.issuer]],
      ...[{ roles: ['x'] }, { roles: [] }, { roles: 'x' }, { roles: null }],
    ),
    fc.integer({ min: now - 100_000, max: now + 100_000 }),
  );

function verifierOf({ profile, issuer, audience, ...vendor }: Vendor) {
  const keys = parseJwks(jwksOf({ profile, issuer, audience, ...vendor }), { profile });
  return createAccessTokenVerifier({ issuer, audience, profile, keys, revocations: null, now: () => now });
}

describe.each(vendors)('a good token of $name', (vendor) => {
  const verifier = verifierOf(vendor);
  const good = fc.constantFrom(...vendor.good);
  const { profile } = vendor;
  const read = [
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'cnf', 'azp', 'client_id', 'typ', 'other'],
    ...Object.keys({ ...profile.claims, ...profile.fixed, ...vendor.good[0].payload, ...vendor.good[1].payload }),
    ...(profile.absent ?? []),
  ];

  it('without one claim, or with another value of it, is accepted exactly if the profile says so', () => {
    const change = fc.option(anyValue(vendor), { nil: undefined });
    let accepted = 0;
    fc.assert(
      fc.property(good, fc.constantFrom(...read), change, ({ header, payload }, name, value) => {
        const { [name]: _, ...others } = JSON.parse(JSON.stringify(payload));
        const changed: Members = value === undefined ? others : { ...others, [name]: value };
        const token = tokenOf(vendor, { ...vendor.header, ...header }, changed);
        const isAccepted = outcomeOf(() => verifier.verify(token)) === 'accepted';
        accepted += Number(isAccepted);
        expect([name, value, isAccepted]).toEqual([name, value, isAllowed(name, changed, vendor)]);
      }),
      { numRuns: 200 },
    );
    // The property says nothing where every token, or none, is accepted.
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(190);
  });

  it('without one member of its header, with another value of it, or with one more, is refused', () => {
    const name = fc.oneof(fc.constantFrom('alg', 'typ', 'kid', 'crit', 'jku', 'x5c', 'x5t', 'cty'), fc.string());
    fc.assert(
      fc.property(good, name, fc.option(anyValue(vendor), { nil: undefined }), ({ header, payload }, member, value) => {
        const before: Members = { ...vendor.header, ...header };
        const { [member]: _, ...others } = before;
        const changed: Members =
          value === undefined ? others : Object.fromEntries([...Object.entries(others), [member, value]]);
        fc.pre(JSON.stringify(changed[member]) !== JSON.stringify(before[member]));
        const token = tokenOf(vendor, changed, payload, signerOf(vendor, before));
        const isOtherTyp =
          member === 'typ' &&
          (profile.typ as readonly unknown[]).includes(changed['typ'] ?? (value === undefined ? null : ''));
        expect(outcomeOf(() => verifier.verify(token)) === 'accepted').toBe(isOtherTyp);
      }),
      { numRuns: 100 },
    );
  });
});

function signerOf({ keys }: Vendor, { kid }: Members) {
  return keys.find(({ jwk }) => jwk.kid === kid)?.sign;
}
