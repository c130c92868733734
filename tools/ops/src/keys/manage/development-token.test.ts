import { type OperationSpec, operations, services } from '@auth/contracts';
import { createUserTokenVerifier } from '@auth/service';
import { parseJwks } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { completeFolder } from '../../../test/folders.ts';
import { makeAccessToken, makeServiceToken } from './development-token.ts';
import { documentOf, type Folder } from './folder.ts';

const issuer = 'http://127.0.0.1:4001';
const folder = completeFolder(undefined, issuer);
const production = completeFolder(undefined, 'https://auth.example');
/** Keys that were made for production, in a folder that got an issuer of development later. */
const disguised: Folder = new Map(
  [...production].map(([service, document]) => [service, { ...document, issuer: { ...document.issuer, iss: issuer } }]),
);
const now = () => 1_800_000_000;
const quote = {
  from: 'order',
  to: 'product',
  operation: 'quotes.create',
  params: {},
  body: '{"items":[]}',
  accessToken: undefined,
};

const withoutCallers = Object.entries<OperationSpec>(operations).flatMap(([id, { callers }]) =>
  callers.length === 0 ? [id] : [],
);

describe('makeAccessToken', () => {
  it.each(services)('makes a token that the verifier of %s accepts', (audience) => {
    const { header } = makeAccessToken(folder, 'ada', now);
    const verifier = createUserTokenVerifier({
      issuer,
      audience,
      revocations: null,
      now,
      keys: parseJwks(documentOf(folder, 'order').issuer.jwks),
    });
    const { roles, scopes } = verifier.verify(header.replace('Authorization: Bearer ', ''));
    expect([roles, scopes.has('order:write'), scopes.has('user:admin')]).toEqual([['customer'], true, false]);
  });

  it.each([
    ['keys of production', production, 'ada', 1, 'with keys of development only'],
    [
      'keys of production under an issuer of development',
      disguised,
      'ada',
      1,
      'signing.1 was not made for development',
    ],
    ['an unknown account', folder, 'eve', 64, '--user must be one of ada, admin'],
    ['a name that every object has', folder, 'constructor', 64, '--user must be one of ada, admin'],
    ['no documents', new Map(), 'ada', 1, 'there is no user.json: run pnpm keys init first'],
  ] as [string, Folder, string, number, string][])('refuses %s', (_case, documents, name, exitCode, message) => {
    const make = () => makeAccessToken(documents, name, now);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ exitCode }));
  });
});

describe('makeServiceToken', () => {
  it('makes a token for one request, signed with the key of the edge', () => {
    const { header, method, target, body } = makeServiceToken(folder, quote, now);
    const [key] = documentOf(folder, 'product').accepts['order'] ?? [];
    const secret = Buffer.from(key?.secret ?? '', 'base64url');
    const token = header.replace('Service-Token: ', '');
    expect(jwt.verify(token, secret, { algorithms: ['HS256'], clockTimestamp: now() })).toMatchObject({
      iss: 'order',
      aud: 'product',
      scope: 'product:quotes.create',
      htm: 'POST',
      htu: 'https://product/internal/quotes',
    });
    expect([method, target, body]).toEqual(['POST', '/internal/quotes', quote.body]);
  });

  it('puts parameters into the path', () => {
    const id = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
    const call = { ...quote, to: 'user', operation: 'contacts.read', params: { id }, body: undefined };
    expect(makeServiceToken(folder, { ...call, accessToken: 'a.b.c' }, now).target).toBe(
      `/internal/users/${id}/contact`,
    );
  });

  it.each([
    ['keys of production', production, {}, 1, 'with keys of development only'],
    ['keys of production under an issuer of development', disguised, {}, 1, 'order.product.2 was not made for'],
    [
      'a caller without a key, and names the callers that have one',
      folder,
      { from: 'user' },
      1,
      `product:quotes.create, ${operations['product:quotes.create'].callers.join(', ')} may call it`,
    ],
    ...withoutCallers.map(
      (id) =>
        [
          `${id}, which has no callers`,
          folder,
          { from: 'product', to: id.split(':')[0], operation: id.split(':')[1] },
          1,
          'no service may call it',
        ] as const,
    ),
    ['an unknown operation', folder, { operation: 'quotes.delete' }, 64, 'there is no operation product:quotes.delete'],
    ['a caller that there is not', folder, { from: 'billing' }, 1, 'there is no billing.json'],
    ['a missing parameter', folder, { to: 'user', operation: 'contacts.read' }, 64, '--param id=… is missing'],
  ] as [string, Folder, object, number, string][])('refuses %s', (_case, documents, change, exitCode, message) => {
    const make = () => makeServiceToken(documents, { ...quote, ...change }, now);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ exitCode }));
  });
});
