import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { otherKey, privateKey } from '../access-tokens.ts';
import { forge, hs256, rs256, type Sign, segment, unsigned } from '../forge.ts';
import { type Members, now, pairs, type Vendor } from './vendor.ts';

/** A token that must be refused: what is wrong with it, and the outcome. */
export interface Refusal {
  readonly title: string;
  readonly token: string;
  readonly refusal: string;
}

interface Changes {
  readonly header?: Members;
  readonly claims?: Members;
  /** Signs in place of the key that the header names. */
  readonly sign?: Sign;
}

/** Signs a token of a vendor with the key that its header names. */
export function tokenOf(vendor: Vendor, header: Members, payload: unknown, sign = signerOf(vendor, header)): string {
  return forge({ header, payload, sign });
}

function signerOf({ keys }: Vendor, { kid }: Members): Sign {
  return keys.find((key) => key.jwk.kid === kid)?.sign ?? keys[0].sign ?? unsigned;
}

/** The good token of a user with other header members or claims; `undefined` leaves one out. */
export function changed(vendor: Vendor, { header = {}, claims = {}, sign }: Changes): string {
  const all = { ...vendor.header, ...header };
  return tokenOf(vendor, all, { ...vendor.good[0].payload, ...claims }, sign);
}

/** Lists the tokens that no verifier with the preset of a vendor may accept. */
export function refusalsOf(vendor: Vendor): readonly Refusal[] {
  return [
    ...otherTokens(vendor),
    ...otherSigners(vendor),
    ...otherHeaders(vendor),
    ...otherTimes(vendor),
    ...otherParties(vendor),
    ...otherClaims(vendor),
    ...vendor.bad.map(({ title, refusal, ...changes }) => ({ title, refusal, token: changed(vendor, changes) })),
  ];
}

/** Tokens that the same issuer signs with the same key for another purpose. */
function otherTokens(vendor: Vendor): Refusal[] {
  const { header, issuer: iss, audience, idToken } = vendor;
  const { sub } = vendor.good[0].payload;
  const all = { iss, aud: audience, sub, iat: now - 60 };
  // OpenID Connect Back-Channel Logout §2.4.
  const logout = {
    ...all,
    exp: now + 60,
    jti: 'logout-1',
    sid: 's',
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  };
  const inClaims = vendor.idTokenRefusal === 'audience' ? 'audience' : 'claims';
  return [
    {
      title: 'the ID token of a client that is named like the audience',
      token: tokenOf(vendor, idToken.header, idToken.payload),
      refusal: `invalid_token: ${vendor.idTokenRefusal}`,
    },
    {
      title: 'the ID token under the header of an access token',
      token: tokenOf(vendor, header, idToken.payload),
      refusal: `invalid_token: ${inClaims}`,
    },
    {
      title: 'a logout token under the header of an access token',
      token: tokenOf(vendor, header, logout),
      refusal: `invalid_token: ${inClaims}`,
    },
    {
      // OpenID Connect Core §5.3.2.
      title: 'a signed answer of the UserInfo endpoint under the header of an access token',
      token: tokenOf(vendor, header, { iss, aud: audience, sub, email: 'ada@example.com' }),
      refusal: `invalid_token: ${inClaims}`,
    },
  ];
}

function otherSigners(vendor: Vendor): Refusal[] {
  const { kid } = vendor.keys[0].jwk;
  const pem = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' });
  const [head = '', payload = '', signature = ''] = changed(vendor, {}).split('.');
  const admin = segment({ ...vendor.good[0].payload, sub: 'admin' });
  return [
    {
      title: 'kid unknown',
      token: changed(vendor, { header: { kid: 'unknown' } }),
      refusal: 'invalid_token: kid_unknown',
    },
    { title: 'kid missing', token: changed(vendor, { header: { kid: undefined } }), refusal: 'invalid_token: header' },
    { title: 'another key', token: changed(vendor, { sign: rs256(otherKey) }), refusal: 'invalid_token: signature' },
    { title: 'an altered payload', token: `${head}.${admin}.${signature}`, refusal: 'invalid_token: signature' },
    {
      title: 'an altered signature',
      token: `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      refusal: 'invalid_token: signature',
    },
    { title: 'no signature', token: changed(vendor, { sign: unsigned }), refusal: 'invalid_token: malformed' },
    {
      title: 'alg none without a signature',
      token: changed(vendor, { header: { alg: 'none' }, sign: unsigned }),
      refusal: 'invalid_token: malformed',
    },
    {
      title: 'alg none with a signature',
      token: changed(vendor, { header: { alg: 'none' } }),
      refusal: 'invalid_token: header',
    },
    {
      title: 'HS256 with the public key as the secret',
      token: changed(vendor, { header: { alg: 'HS256' }, sign: hs256(String(pem)) }),
      refusal: 'invalid_token: header',
    },
    {
      title: 'an algorithm other than that of the key',
      token: changed(vendor, { header: { alg: 'PS256', kid }, sign: pairs.PS256.sign }),
      refusal: 'invalid_token: header',
    },
    {
      title: 'a key of the set whose algorithm is not in the profile',
      token: changed(vendor, { header: { alg: 'ES512', kid: 'p521' } }),
      refusal: 'invalid_token: kid_unknown',
    },
  ];
}

function otherHeaders(vendor: Vendor): Refusal[] {
  const typs = [
    'logout+jwt',
    'id+jwt',
    'dpop+jwt',
    'at+jwt ',
    '',
    5,
    null,
    ...(vendor.profile.typ.includes(null) ? ['JWT', 'at+jwt'] : [undefined]),
  ];
  const members: Members = {
    crit: ['exp'],
    b64: false,
    zip: 'DEF',
    cty: 'JWT',
    jku: 'https://evil.example/jwks.json',
    jwk: vendor.keys[0].jwk,
    x5u: 'https://evil.example/cert.pem',
    x5c: ['MIIC'],
    x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY',
    nonce: 'n',
  };
  return [
    ...typs.map((typ) => ({ title: `typ ${JSON.stringify(typ)} in the header`, header: { typ } })),
    ...Object.entries(members).map(([name, value]) => ({ title: `${name} in the header`, header: { [name]: value } })),
  ].map(({ title, header }) => ({ title, token: changed(vendor, { header }), refusal: 'invalid_token: header' }));
}

function otherTimes(vendor: Vendor): Refusal[] {
  const { maxLifetimeSeconds } = vendor.profile;
  const rows: [string, Members, string][] = [
    ['expired', { iat: now - 300, exp: now - 5 }, 'token_expired: expired'],
    ['expired an hour ago', { iat: now - 7200, exp: now - 3600 }, 'token_expired: expired'],
    ['not yet valid by nbf', { nbf: now + 6 }, 'invalid_token: not_yet_valid'],
    ['issued in the future', { iat: now + 6, exp: now + 300 }, 'invalid_token: not_yet_valid'],
    ['too long a life', { iat: now - 1, exp: now + maxLifetimeSeconds }, 'invalid_token: lifetime'],
    ['expired before it was issued', { iat: now + 3, exp: now + 2 }, 'invalid_token: lifetime'],
    ['exp in milliseconds', { exp: 1000 * (now + 300) }, 'invalid_token: lifetime'],
    ['exp as text', { exp: String(now + 300) }, 'invalid_token: claims'],
    ['nbf as text', { nbf: String(now) }, 'invalid_token: claims'],
    ['nbf null', { nbf: null }, 'invalid_token: claims'],
    ['no exp', { exp: undefined }, 'invalid_token: claims'],
  ];
  return rows.map(([title, claims, refusal]) => ({ title, token: changed(vendor, { claims }), refusal }));
}

function otherParties(vendor: Vendor): Refusal[] {
  const { issuer, audience, profile } = vendor;
  const other = issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`;
  const rows: [string, Members, string][] = [
    ...['another', `${audience}x`, audience.slice(0, -1), '', ['another'], [], [[audience]], null, undefined, 5].map(
      (value): [string, Members, string] => [
        `${profile.audience.claim} ${JSON.stringify(value)}`,
        { [profile.audience.claim]: value },
        'invalid_token: audience',
      ],
    ),
    ...['https://evil.example/', other, issuer.toUpperCase(), [issuer], null, undefined].map(
      (iss): [string, Members, string] => [`iss ${JSON.stringify(iss)}`, { iss }, 'invalid_token: issuer'],
    ),
  ];
  return rows.map(([title, claims, refusal]) => ({ title, token: changed(vendor, { claims }), refusal }));
}

function otherClaims(vendor: Vendor): Refusal[] {
  const { required, wrongForms, profile } = vendor;
  const rows: [string, unknown][] = [
    ...[undefined, '', 5, null, 'x'.repeat(256)].map((sub): [string, unknown] => ['sub', sub]),
    ...required.map((name): [string, unknown] => [name, undefined]),
    ...Object.entries(wrongForms).flatMap(([name, values]) => values.map((value): [string, unknown] => [name, value])),
    ...(profile.absent ?? []).map((name): [string, unknown] => [name, 'x']),
    ['cnf', { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }],
    ['cnf', null],
  ];
  const title = (name: string, value: unknown) =>
    `${name} ${value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60)}`;
  return rows.map(([name, value]) => ({
    title: title(name, value),
    token: changed(vendor, { claims: { [name]: value } }),
    refusal: 'invalid_token: claims',
  }));
}

const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export({ format: 'jwk' });

/** The JWK Set of a vendor, with one more key that no profile has an algorithm for. */
export function jwksOf({ keys }: Vendor): { readonly keys: readonly object[] } {
  return { keys: [...keys.map(({ jwk }) => jwk), { ...p521, kid: 'p521', alg: 'ES512', use: 'sig' }] };
}
