import type { KeyDocument } from '@auth/keys/key-document';
import { describe, expect, it } from '@jest/globals';
import { completeFolder, openTestKeys, quickSigningKey } from '../../../test/folders.ts';
import { generateEdgeKey, generateSecret } from '../generate.ts';
import { checkFolder, checkMode } from './check.ts';
import { addService, allowEdge } from './edges.ts';
import { documentOf, type Folder, withDocuments } from './folder.ts';

const keys = openTestKeys();
const good = completeFolder(keys);
const user = documentOf(good, 'user');
const product = documentOf(good, 'product');
const order = documentOf(good, 'order');
const [toProduct] = order.calls['product'] ?? [];
const [toUser] = order.calls['user'] ?? [];
if (toProduct === undefined || toUser === undefined) throw new Error('no keys');

const others = { ...toProduct, secret: generateSecret() };
const withOrder = (change: Partial<KeyDocument>) => withDocuments(good, [{ ...order, ...change }]);
const without = (service: string) => new Map([...good].filter(([name]) => name !== service));
const callsBack = allowEdge(good, { caller: 'product', callee: 'order' }, keys.nextKid);
const stranger = generateEdgeKey('order.product.77', 'pending');

const cases: [string, Folder, string, string][] = [
  ['no document', without('product'), 'product', 'is missing: run pnpm keys init'],
  [
    'an edge without a contract',
    withDocuments(good, callsBack),
    'product',
    'but no operation lists them: pnpm keys forbid product order',
  ],
  [
    'an edge without a contract at the callee only',
    withDocuments(
      good,
      callsBack.filter(({ service }) => service === 'order'),
    ),
    'order',
    'has keys for calls from product to order',
  ],
  [
    'a contract without an edge',
    withDocuments(good, [
      { ...order, calls: { user: [toUser] } },
      { ...product, accepts: {} },
    ]),
    'order',
    'has no key to call product with, though product:quotes.create lists it',
  ],
  [
    'a key that the callee does not have',
    withOrder({ calls: { ...order.calls, product: [toProduct, stranger] } }),
    'order',
    'calls.product holds order.product.77, which product does not accept',
  ],
  [
    'a key that the caller does not have',
    withDocuments(good, [{ ...product, accepts: { order: [toProduct, stranger] } }]),
    'product',
    'accepts.order holds order.product.77, which order does not have',
  ],
  [
    'another secret under one id',
    withOrder({ calls: { ...order.calls, product: [others] } }),
    'order',
    `${toProduct.kid} is another key than in product.json`,
  ],
  [
    'two states of one key',
    withDocuments(good, [{ ...product, accepts: { order: [{ ...toProduct, state: 'retiring' }] } }]),
    'order',
    `${toProduct.kid} is active here and retiring in product.json: an interrupted rotation`,
  ],
  [
    'one secret on two edges',
    withDocuments(good, [{ ...user, accepts: { order: [{ ...toUser, secret: toProduct.secret }] } }]),
    'product',
    'accepts.order[0].secret is the same secret as accepts.order[0].secret in user.json',
  ],
  [
    'a callee that could sign as its caller',
    withDocuments(good, [{ ...product, calls: { user: [{ ...toUser, kid: 'product.user.1' }] } }]),
    'product',
    'calls.user[0].secret is the same secret as accepts.order[0].secret in user.json',
  ],
  [
    'an audit key that is an edge key',
    withDocuments(good, [{ ...user, auditKey: toProduct.secret }]),
    'product',
    'is the same secret as auditKey in user.json',
  ],
  [
    'one audit key for two services',
    withDocuments(good, [{ ...user, auditKey: order.auditKey }]),
    'order',
    'auditKey is the same secret as auditKey in user.json',
  ],
  [
    'a session key that is an edge key',
    withDocuments(good, [{ ...user, sessionKeys: [{ ...toProduct, kid: 's' }] }]),
    'product',
    'is the same secret as sessionKeys[0].secret in user.json',
  ],
  [
    'another issuer',
    withOrder({ issuer: { ...order.issuer, iss: 'https://other.example' } }),
    'order',
    'issuer.iss is not the one of user.json',
  ],
  [
    'public keys that the issuer does not publish',
    withDocuments(good, [{ ...user, signing: [quickSigningKey('signing.1', 'active')] }]),
    'order',
    'issuer.jwks is not what user publishes',
  ],
];

describe('checkFolder', () => {
  it('finds nothing in the documents of init', () => {
    expect(checkFolder(good)).toEqual([]);
  });

  it('finds nothing in a new service without edges', () => {
    expect(
      checkFolder(
        withDocuments(
          good,
          [addService(good, 'shipping')].flatMap((document) => document ?? []),
        ),
      ),
    ).toEqual([]);
  });

  it.each(cases)('finds %s', (_case, folder, document, problem) => {
    const findings = checkFolder(folder);
    expect(findings).toContainEqual({ document, problem: expect.stringContaining(problem) });
    const text = JSON.stringify(findings);
    for (const { secret } of [toProduct, toUser, others]) expect(text).not.toContain(secret);
  });
});

describe('checkMode', () => {
  it.each([
    [0o600, undefined],
    [0o400, undefined],
    [0o640, 'other users may read it (mode 640): chmod 600'],
    [0o604, 'other users may read it (mode 604): chmod 600'],
  ])('of %o finds %s', (mode, problem) => {
    expect(checkMode('user', { mode: 0o100000 | mode }).map((finding) => finding.problem)).toEqual(
      problem === undefined ? [] : [problem],
    );
  });
});
