import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { quoteCall, setUpServiceCalls } from '../test/service-calls.ts';
import { startOfTests as now } from '../test/test-clock.ts';
import { sha256Base64url } from './base64url.ts';
import { createServiceTokenSigner, type ServiceTokenSignerOptions } from './service-token-signer.ts';

const { edge, kid, noteCall, signer } = setUpServiceCalls();
const good = { service: 'order', keys: edge.calls, now: () => now };

function decoded(token: string) {
  const complete = jwt.decode(token, { complete: true });
  if (complete === null) throw new Error('not a token');
  return complete;
}

describe('createServiceTokenSigner', () => {
  it('writes a token for one request', () => {
    const { header, payload } = decoded(signer.sign(quoteCall));
    expect(header).toEqual({ alg: 'HS256', typ: 'service+jwt', kid });
    expect(payload).toEqual({
      iss: 'order',
      aud: 'product',
      iat: now,
      exp: now + 15,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      scope: 'product:quotes.create',
      htm: 'POST',
      htu: 'https://product/internal/quotes',
      htd: sha256Base64url(quoteCall.content),
    });
  });

  it('binds the user by the hash of the access token, and no user by the hash of no bytes', () => {
    const { payload } = decoded(signer.sign(noteCall('a.b.c')));
    expect(payload).toMatchObject({ ath: sha256Base64url('a.b.c'), htd: sha256Base64url('') });
    expect(payload).toMatchObject({ htu: 'https://product/internal/notes/7?full=1' });
  });

  it('gives each token a unique id', () => {
    const ids = [...Array(50)].map(() => JSON.stringify(decoded(signer.sign(quoteCall)).payload));
    expect(new Set(ids).size).toBe(50);
  });

  it('creates tokens with the given life', () => {
    const short = createServiceTokenSigner({ ...good, lifetimeSeconds: 3 });
    expect(decoded(short.sign(quoteCall)).payload).toMatchObject({ iat: now, exp: now + 3 });
  });

  it('throws instead of signing for a callee without a key', () => {
    const call = { ...quoteCall, operation: { id: 'user:contacts.read', method: 'GET' } } as const;
    expect(() => signer.sign(call)).toThrow('order holds no key to call user');
  });

  it.each(['//evil/x', '/a/../b', '/a%2fb', 'http://product/a', '/a#b', '/a\\b', '', '/a b'])(
    'throws instead of signing for the target %j',
    (target) => expect(() => signer.sign({ ...quoteCall, target })).toThrow('is ambiguous'),
  );

  it('stops signing as soon as its key is removed', () => {
    let keys: typeof edge.calls = edge.calls;
    const own = createServiceTokenSigner({ ...good, keys: () => keys });
    expect(own.sign(quoteCall)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    keys = new Map();
    expect(() => own.sign(quoteCall)).toThrow('holds no key');
  });

  it.each([
    ['service', [undefined, null, '', ' ', 5, ['order']]],
    ['keys', [undefined, null, {}, [], () => undefined]],
    ['now', [undefined, null, 5, new Date(0)]],
    ['lifetimeSeconds', [null, '15', '15s', 0, -1, 31, 0.5, Number.NaN, Number.POSITIVE_INFINITY]],
  ])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) {
      const options = { ...good, [name]: value } as unknown as ServiceTokenSignerOptions;
      expect(() => createServiceTokenSigner(options)).toThrow(new RegExp(`^${name} must be`));
    }
  });
});
