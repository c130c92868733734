import { describe, expect, it } from '@jest/globals';
import { goodClaims, headerOf, setUpAccessTokens } from '../test/access-tokens.ts';
import { forge, hs256, rs256, unsigned } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { startOfTests } from '../test/test-clock.ts';
import { createServiceTokenSigner } from './service-token-signer.ts';
import { createTestEdge } from './testing/index.ts';

const { forged, issuer, outcome, verifierWith } = setUpAccessTokens();
const good = headerOf(issuer);
const sign = rs256(issuer.privateKey);

describe('the header of an access token', () => {
  it('is accepted when it is alg, typ and kid in any order', () => {
    expect(outcome(forge({ header: good, payload: goodClaims, sign }))).toBe('accepted');
    const header = { kid: good.kid, typ: good.typ, alg: good.alg };
    expect(outcome(forge({ header, payload: goodClaims, sign }))).toBe('accepted');
  });

  // All signed with the right key: what is wrong is the header alone.
  it.each([
    ['crit names an unknown extension', { crit: ['foo'] }],
    ['crit names a known claim', { crit: ['exp'] }],
    ['crit is empty', { crit: [] }],
    ['crit names b64 and b64 is false', { crit: ['b64'], b64: false }],
    ['b64 is false without crit', { b64: false }],
    ['b64 is true', { b64: true }],
    ['zip says the payload is compressed', { zip: 'DEF' }],
    ['jwk brings its own key', { jwk: issuer.jwks.keys[0] }],
    ['jku points to other keys', { jku: 'https://evil.example/jwks.json' }],
    ['x5u points to a certificate', { x5u: 'https://evil.example/cert.pem' }],
    ['x5c brings a certificate', { x5c: ['MIIB'] }],
    ['cty announces a nested token', { cty: 'JWT' }],
    ['a member is not known', { foo: 1 }],
    ['typ is JWT', { typ: 'JWT' }],
    ['typ is that of a service token', { typ: 'service+jwt' }],
    ['typ is in capitals', { typ: 'AT+JWT' }],
    ['typ carries the media type in full', { typ: 'application/at+jwt' }],
    ['typ has a space behind it', { typ: 'at+jwt ' }],
    ['typ is a list', { typ: ['at+jwt'] }],
    ['typ is a number', { typ: 5 }],
    ['typ is null', { typ: null }],
    ['typ is absent', { typ: undefined }],
    ['alg is absent', { alg: undefined }],
    ['kid is absent', { kid: undefined }],
    ['kid is a list that prints like the key id', { kid: [good.kid] }],
    ['kid is a number', { kid: 1 }],
    ['kid is null', { kid: null }],
    ['alg is a list', { alg: ['RS256'] }],
    ['alg is an object', { alg: { toString: 'RS256' } }],
    ['alg is null', { alg: null }],
    ['alg is none', { alg: 'none' }],
    ['alg is None', { alg: 'None' }],
    ['alg is in small letters', { alg: 'rs256' }],
    ['alg has a space behind it', { alg: 'RS256 ' }],
    ['alg is empty', { alg: '' }],
    ['alg is the end of the right one', { alg: 'S256' }],
    ['alg is RS384', { alg: 'RS384' }],
    ['alg is PS256 for a key of RS256', { alg: 'PS256' }],
    ['alg is ES256 for an RSA key', { alg: 'ES256' }],
    ['alg is HS256 for an RSA key', { alg: 'HS256' }],
    ['alg is the name of an inherited method', { alg: 'toString' }],
  ])('is rejected when %s', (_case, header) => {
    expect(outcome(forged(goodClaims, header))).toBe('invalid_token: header');
  });

  it.each([
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'get',
    'size',
    'unknown',
    '',
    'undefined',
    'null',
    '../../dev/null',
    "' OR 1=1 --",
    `${good.kid} `,
    `${good.kid}\0`,
    good.kid.toUpperCase(),
    'é',
  ])('is rejected when kid is %j, which names no key', (kid) => {
    expect(outcome(forged(goodClaims, { kid }))).toBe('invalid_token: kid_unknown');
  });

  it.each([
    ['null', 'null'],
    ['a list', '["RS256","at+jwt"]'],
    ['text', '"at+jwt"'],
    ['a number', '5'],
    ['not JSON', '{"alg":"RS256"'],
    ['empty JSON text', ' '],
    ['JSON behind a byte order mark', `\u{feff}${JSON.stringify(good)}`],
  ])('is rejected when it is %s', (_case, header) => {
    expect(outcome(forge({ header, payload: goodClaims, sign }))).toBe('invalid_token: malformed');
  });

  it('is rejected when it is not UTF-8', () => {
    const header = Buffer.from(JSON.stringify({ ...good, kid: 'é' }), 'latin1');
    expect(outcome(forge({ header, payload: goodClaims, sign }))).toBe('invalid_token: malformed');
  });

  it('is rejected when its typ comes from __proto__', () => {
    const header = `{"alg":"RS256","kid":"${good.kid}","__proto__":{"typ":"at+jwt"}}`;
    expect(outcome(forge({ header, payload: goodClaims, sign }))).toBe('invalid_token: header');
  });

  it('is read once when a member is repeated: the last one counts for every check', () => {
    const [alg, typ, kid] = [`"alg":"RS256"`, `"typ":"at+jwt"`, `"kid":"${good.kid}"`];
    const none = `{"alg":"none",${typ},${kid},${alg}}`;
    expect(outcome(forge({ header: none, payload: goodClaims, sign }))).toBe('accepted');
    expect(outcome(forge({ header: none, payload: goodClaims, sign: unsigned }))).toBe('invalid_token: malformed');
    const last = `{${alg},${typ},${kid},"alg":"none"}`;
    expect(outcome(forge({ header: last, payload: goodClaims, sign }))).toBe('invalid_token: header');
  });

  it('is rejected for a service token, even when one key registry is given to both verifiers', () => {
    const edge = createTestEdge('order', 'product');
    const signer = createServiceTokenSigner({ service: 'order', keys: edge.calls, now: () => startOfTests });
    const token = signer.sign({
      operation: { id: 'product:quotes.create', method: 'POST' },
      target: '/internal/quotes',
    });
    expect(outcome(token)).toBe('invalid_token: header');

    const [kid = '', entry] = [...edge.accepts][0] ?? [];
    const secret = entry?.key ?? issuer.privateKey;
    const mixed = verifierWith({ keys: new Map([[kid, { kid, alg: 'RS256', key: secret }]]) });
    const dressed = forge({ header: { alg: 'HS256', typ: 'at+jwt', kid }, payload: goodClaims, sign: hs256(secret) });
    expect(outcomeOf(() => mixed.verify(dressed))).toBe('invalid_token: header');
  });
});
