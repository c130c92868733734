import { generateEdgeKey } from '@auth/ops/keys/generate';
import { goodDocuments, refusalOf } from '@auth/testkit/key-documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type KeyDocument, parseKeyDocument } from './key-document.ts';

let good: { user: KeyDocument; order: KeyDocument };
beforeAll(async () => {
  good = await goodDocuments();
});

const parse = (document: unknown, service = 'order') =>
  parseKeyDocument(JSON.stringify(document), { service, source: 'keys.json' });

/** Copies a document with one value replaced; `undefined` removes it. */
function changed(document: object, path: readonly (string | number)[], value: unknown): object {
  const [first, ...rest] = path;
  if (first === undefined) throw new Error('a path is needed');
  const copy = Array.isArray(document) ? [...document] : { ...document };
  const inner = rest.length === 0 ? value : changed(Reflect.get(copy, first), rest, value);
  Reflect.set(copy, first, inner);
  return copy;
}

describe('parseKeyDocument', () => {
  it('reads the document of a service that calls and is called', () => {
    const keys = parse(good.order);
    expect(keys).toMatchObject({ service: 'order', issuer: 'https://auth.example', signing: undefined });
    expect([...keys.publicKeys.keys()]).toEqual(good.order.issuer.jwks?.keys.map(({ kid }) => kid));
    expect([...keys.calls].map(([callee, { kid }]) => [callee, kid])).toEqual([['product', 'order.product.1']]);
    expect([...keys.accepts].map(([kid, { caller }]) => [kid, caller])).toEqual([['billing.order.1', 'billing']]);
  });

  it('derives what the issuer publishes from what it signs with', () => {
    const { publicKeys, signing } = parse(good.user, 'user');
    const kid = signing?.active.kid ?? '';
    expect([...publicKeys.keys()]).toEqual([kid]);
    expect(publicKeys.get(kid)?.key.type).toBe('public');
    expect(signing?.active.key.type).toBe('private');
    expect(Object.keys(signing?.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it.each([
    ['a secret for audit hashes', ['auditKey'], () => generateEdgeKey('x', 'active').secret],
    ['no calls', ['calls'], () => ({})],
    ['no caller to accept', ['accepts'], () => ({})],
    ['an issuer over plain http, for development', ['issuer', 'iss'], () => 'http://localhost:4001'],
  ])('accepts %s', (_case, path, value) => {
    expect(() => parse(changed(good.order, path, value()))).not.toThrow();
  });

  it.each([
    ['', 'the document is not valid JSON'],
    ['{', 'the document is not valid JSON'],
    ['{"service":"order","calls":{"product":[{"secret":"hunter2hunter2"', 'the document is not valid JSON'],
    ['secret=hunter2hunter2', 'the document is not valid JSON'],
    ['null', 'the document must be an object'],
    ['[]', 'the document must be an object'],
    ['"order"', 'the document must be an object'],
    ['5', 'the document must be an object'],
    ['{}', 'service must be a string'],
  ])('rejects the text %j', (text, expected) => {
    const read = () => parseKeyDocument(text, { service: 'order', source: 'AUTH_KEYS' });
    const message = refusalOf(text, read);
    expect(message).toBe(`key document AUTH_KEYS: ${expected}`);
    expect(message).not.toContain('hunter2');
  });

  const firstCall = ['calls', 'product', 0] as const;
  const firstJwk = ['issuer', 'jwks', 'keys', 0] as const;
  it.each([
    ['no service', ['service'], undefined, 'service must be a string'],
    ['the service of another', ['service'], 'product', "service is not order: this is another service's document"],
    ['a service in capitals', ['service'], 'Order', 'service must match'],
    ['an unknown member', ['secrets'], {}, 'secrets is not a known member'],
    ['signing keys of a service that is no issuer', ['signing'], [], 'signing is only for user'],
    ['no issuer', ['issuer'], undefined, 'issuer must be an object'],
    ['an issuer as text', ['issuer'], 'https://auth.example', 'issuer must be an object'],
    ['no iss', ['issuer', 'iss'], undefined, 'issuer.iss must be'],
    ['an iss that is no URL', ['issuer', 'iss'], 'auth.example', 'issuer.iss must be an http(s) URL'],
    ['an iss with a query', ['issuer', 'iss'], 'https://auth.example/?a=b', 'issuer.iss must not have a query'],
    ['an iss with an empty query', ['issuer', 'iss'], 'https://auth.example?', 'issuer.iss must not have a query'],
    ['an iss with a fragment', ['issuer', 'iss'], 'https://auth.example/#a', 'issuer.iss must not have a query'],
    ['an iss with a password', ['issuer', 'iss'], 'https://a:b@auth.example', 'issuer.iss must not have a query'],
    ['an iss of another scheme', ['issuer', 'iss'], 'ftp://auth.example', 'issuer.iss must be an http(s) URL'],
    ['an unknown member of the issuer', ['issuer', 'url'], 'x', 'issuer.url is not a known member'],
    ['no jwks', ['issuer', 'jwks'], undefined, 'issuer.jwks is missing'],
    ['a jwks without keys', ['issuer', 'jwks', 'keys'], [], 'issuer.jwks.keys must hold at least one key'],
    ['an unknown member of the jwks', ['issuer', 'jwks', 'url'], 'x', 'issuer.jwks.url is not a known member'],
    ['a jwk without kid', [...firstJwk, 'kid'], undefined, 'issuer.jwks.keys[0].kid must be a string'],
    ['a jwk without alg', [...firstJwk, 'alg'], undefined, 'issuer.jwks.keys[0].alg must be a string'],
    ['a jwk of HS256', [...firstJwk, 'alg'], 'HS256', 'issuer.jwks.keys[0].alg must be RS256 or PS256'],
    ['a jwk for encryption', [...firstJwk, 'use'], 'enc', 'issuer.jwks.keys[0].use must be "sig"'],
    ['a jwk with exponent 1', [...firstJwk, 'e'], 'AQ', 'issuer.jwks.keys[0].e must be AQAB (65537)'],
    [
      'a jwk of 1024 bits',
      [...firstJwk, 'n'],
      Buffer.alloc(128, 0xab).toString('base64url'),
      'keys[0].n must be a modulus',
    ],
    ['a symmetric jwk', [...firstJwk, 'kty'], 'oct', 'issuer.jwks.keys[0].kty must be RSA, EC or OKP'],
    [
      'a jwk with a private member',
      [...firstJwk, 'd'],
      'c2VjcmV0LXZhbHVl',
      'issuer.jwks.keys[0].d is not a known member',
    ],
    ['a jwk with a symmetric value', [...firstJwk, 'k'], 'c2VjcmV0', 'issuer.jwks.keys[0].k is not a known member'],
    ['no calls', ['calls'], undefined, 'calls must be'],
    ['calls as a list', ['calls'], [], 'calls must be'],
    ['no accepts', ['accepts'], undefined, 'accepts must be'],
    ['a callee in capitals', ['calls', 'Product'], [], 'calls.Product'],
    ['an edge without keys', ['calls', 'product'], [], 'calls.product must hold at least one key'],
    ['a short secret', [...firstCall, 'secret'], 'c2hvcnQ', 'calls.product[0].secret must be 32 random bytes or more'],
    ['a secret of one letter', [...firstCall, 'secret'], 'A'.repeat(43), 'calls.product[0].secret must be random'],
    ['a secret in hex with dashes', [...firstCall, 'secret'], 'ab+cd/ef=', 'calls.product[0].secret must be base64url'],
    ['no secret', [...firstCall, 'secret'], undefined, 'calls.product[0].secret must be a string'],
    ['no state', [...firstCall, 'state'], undefined, 'calls.product[0].state must be pending, active or retiring'],
    [
      'no active key to call with',
      [...firstCall, 'state'],
      'pending',
      'calls.product must hold exactly one active key',
    ],
    ['two active keys to call with', ['calls', 'product', 1, 'state'], 'active', 'calls.product must hold exactly one'],
    [
      'one kid twice',
      ['calls', 'product', 1, 'kid'],
      'order.product.1',
      'calls.product[1].kid is used by calls.product[0]',
    ],
    ['a kid with a bar', [...firstCall, 'kid'], 'a|b', 'calls.product[0].kid must match'],
    ['an unknown member of a key', [...firstCall, 'note'], 'x', 'calls.product[0].note is not a known member'],
    ['a short audit key', ['auditKey'], 'c2hvcnQ', 'auditKey must be 32 random bytes or more'],
  ] as [string, (string | number)[], unknown, string][])('rejects %s', (_case, path, value, expected) => {
    const document = changed(good.order, path, value);
    const message = refusalOf(JSON.stringify(document), () => parse(document));
    expect(message).toContain('key document keys.json: ');
    expect(message).toContain(expected);
  });

  it('rejects the document of the issuer without signing keys', () => {
    const { signing: _, ...document } = good.user;
    const message = refusalOf(JSON.stringify(document), () => parse(document, 'user'));
    expect(message).toContain('signing is missing: user signs access tokens');
  });

  it('ignores the public keys of the issuer when they come from AUTH_JWKS_URL', () => {
    const document = { ...good.order, issuer: { iss: 'https://auth.example' } };
    const options = { service: 'order', source: 'keys.json', remoteJwks: true };
    expect(parseKeyDocument(JSON.stringify(document), options).publicKeys.size).toBe(0);
    expect(parseKeyDocument(JSON.stringify(good.order), options).publicKeys.size).toBe(0);
  });

  it.each([
    [
      'two keys of an edge',
      ['calls', 'product', 1, 'secret'],
      'calls.product[1].secret is the secret of calls.product[0]',
    ],
    ['calls and accepts', ['accepts', 'billing', 0, 'secret'], 'calls.product[0].secret is the same secret as accepts'],
    ['an edge and the audit key', ['auditKey'], 'auditKey is the same secret as calls.product[0].secret'],
  ])('rejects one secret for %s', (_case, path, expected) => {
    const secret = good.order.calls['product']?.[0]?.secret;
    const document = changed(good.order, path, secret);
    expect(refusalOf(JSON.stringify(document), () => parse(document))).toContain(expected);
  });
});
