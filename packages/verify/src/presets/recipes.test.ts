import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { auth0Vendor } from '../../test/presets/auth0.ts';
import { cognitoVendor } from '../../test/presets/cognito.ts';
import { entraVendor } from '../../test/presets/entra.ts';
import { keycloakVendor } from '../../test/presets/keycloak.ts';
import { oidcProviderVendor } from '../../test/presets/oidc-provider.ts';
import { oktaVendor } from '../../test/presets/okta.ts';
import { changed, tokenOf } from '../../test/presets/refusals.ts';
import { rfc9068Vendor } from '../../test/presets/rfc9068.ts';
import { type Members, now, pairs, type Vendor } from '../../test/presets/vendor.ts';
import { createAccessTokenVerifier } from '../access-token.ts';
import { type AccessTokenProfile, readProfile } from '../access-token-profile.ts';
import { AuthError } from '../auth-error.ts';
import { parseJwks } from '../public-keys.ts';
import * as presets from './index.ts';

const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../../../docs/issuers.md'), 'utf8');
/** The profiles that docs/issuers.md makes of presets, in the order of the page. */
const recipes = [...page.matchAll(/`(\{ \.\.\.\w+, [^`…]*\})`/g)].map(([, code = '']) => code);

function profileOf(recipe: string): AccessTokenProfile {
  if (!recipes.includes(recipe)) throw new Error(`docs/issuers.md does not have ${recipe}`);
  // From the other context into this one, as if it had been read from a file.
  return JSON.parse(JSON.stringify(runInNewContext(`(${recipe})`, { ...presets })));
}

/** Says how a verifier with the profile of a recipe decides on a token. */
function decide(vendor: Vendor, recipe: string, token: string, audience = vendor.audience) {
  const profile = profileOf(recipe);
  const keys = parseJwks(
    { keys: vendor.keys.map(({ jwk }) => ({ ...jwk, alg: jwk['alg'] ?? profile.algorithms[0] })) },
    { profile },
  );
  const verifier = createAccessTokenVerifier({
    issuer: vendor.issuer,
    audience,
    profile,
    keys,
    revocations: null,
    now: () => now,
  });
  try {
    const { scopes, roles } = verifier.verify(token);
    return { scopes: [...scopes], roles };
  } catch (error) {
    if (error instanceof AuthError) return error.reason;
    throw error;
  }
}

const tokens = (vendor: Vendor) =>
  vendor.good.map(({ header, payload }) => tokenOf(vendor, { ...vendor.header, ...header }, payload));
const accepted = expect.objectContaining({ scopes: expect.any(Array) });

describe('the profiles that docs/issuers.md makes of presets', () => {
  it('are found on the page, and are all profiles', () => {
    expect(recipes.length).toBe(15);
    for (const recipe of recipes) expect(() => readProfile(profileOf(recipe))).not.toThrow();
  });

  const kinds: [string, Vendor][] = [
    ['{ ...entra, scopes: { ...entra.scopes, isRequired: true } }', entraVendor],
    ["{ ...cognito, claims: { ...cognito.claims, username: 'text' } }", cognitoVendor],
    ["{ ...okta, claims: { ...okta.claims, uid: 'text' } }", oktaVendor],
    ["{ ...keycloak, claims: { ...keycloak.claims, sid: 'text' } }", keycloakVendor],
    ["{ ...keycloak, claims: { ...keycloak.claims, sid: 'text' }, session: 'sid' }", keycloakVendor],
  ];
  it.each(kinds)('%s accepts users and refuses applications', (recipe, vendor) => {
    const [user = '', application = ''] = tokens(vendor);
    expect([decide(vendor, recipe, user), decide(vendor, recipe, application)]).toEqual([accepted, 'claims']);
  });

  it('for applications of Entra ID accepts them and refuses users', () => {
    const recipe = "{ ...entra, fixed: { ...entra.fixed, idtyp: 'app' } }";
    const [user = '', application = ''] = tokens(entraVendor);
    expect([decide(entraVendor, recipe, user), decide(entraVendor, recipe, application)]).toEqual(['claims', accepted]);
  });

  it('for revocation at Cognito refuses a token without origin_jti', () => {
    const recipe = "{ ...cognito, claims: { ...cognito.claims, origin_jti: 'text' }, session: 'origin_jti' }";
    const [user = '', , without = ''] = tokens(cognitoVendor);
    expect([decide(cognitoVendor, recipe, user), decide(cognitoVendor, recipe, without)]).toEqual([accepted, 'claims']);
  });

  it('for a resource at Cognito reads aud, and refuses the ID token of a client with that name', () => {
    const recipe = "{ ...cognito, audience: { claim: 'aud', forms: ['text'] }, absent: ['cnf'] }";
    const resource = 'https://api.example.com';
    const bound = changed(cognitoVendor, { claims: { aud: resource } });
    const idToken = tokenOf(cognitoVendor, cognitoVendor.header, { ...cognitoVendor.idToken.payload, aud: resource });
    const [unbound = ''] = tokens(cognitoVendor);
    expect([bound, unbound, idToken].map((token) => decide(cognitoVendor, recipe, token, resource))).toEqual([
      accepted,
      'audience',
      'claims',
    ]);
  });

  const places: [string, Vendor, Members, Members][] = [
    [
      "{ ...keycloak, roles: { path: ['resource_access', 'orders-api', 'roles'], form: 'texts', isRequired: false } }",
      keycloakVendor,
      { resource_access: { 'orders-api': { roles: ['clerk'] } } },
      { roles: ['clerk'] },
    ],
    [
      "{ ...auth0, scopes: { path: ['permissions'], form: 'texts', isRequired: true } }",
      auth0Vendor,
      { permissions: ['read:orders'] },
      { scopes: ['read:orders'] },
    ],
    [
      "{ ...okta, roles: { path: ['groups'], form: 'texts', isRequired: false } }",
      oktaVendor,
      { groups: ['Everyone'] },
      { roles: ['Everyone'] },
    ],
  ];
  it.each(places)('%s reads its place', (recipe, vendor, claims, expected) => {
    expect(decide(vendor, recipe, changed(vendor, { claims }))).toMatchObject(expected);
  });

  it('with permissions of Auth0 refuse an ID token that has permissions as well', () => {
    const recipe = "{ ...auth0, scopes: { path: ['permissions'], form: 'texts', isRequired: true } }";
    const payload = { ...auth0Vendor.idToken.payload, permissions: ['read:orders'] };
    expect(decide(auth0Vendor, recipe, tokenOf(auth0Vendor, auth0Vendor.header, payload))).toBe('claims');
  });

  const others: [string, Vendor, Parameters<typeof changed>[1]][] = [
    ["{ ...keycloak, fixed: { typ: 'bearer' } }", keycloakVendor, { claims: { typ: 'bearer' } }],
    ["{ ...rfc9068, typ: ['at+JWT'] }", rfc9068Vendor, { header: { typ: 'at+JWT' } }],
    ['{ ...rfc9068, absent: [] }', rfc9068Vendor, { claims: { cnf: { jkt: 'x' } } }],
    [
      "{ ...oidcProvider, algorithms: ['PS256'] }",
      {
        ...oidcProviderVendor,
        keys: [{ jwk: { ...pairs.PS256.jwk, kid: 'ps', alg: 'PS256', use: 'sig' }, sign: pairs.PS256.sign }],
      },
      { header: { alg: 'PS256', kid: 'ps' } },
    ],
  ];
  it.each(others)('%s accepts what the preset refuses', (recipe, vendor, changes) => {
    expect(decide(vendor, recipe, changed(vendor, changes))).toEqual(accepted);
  });
});
