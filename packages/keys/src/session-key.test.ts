import { generateEdgeKey } from '@auth/ops/keys/generate';
import { goodDocuments, refusalOf } from '@auth/testkit/key-documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type KeyDocument, parseKeyDocument } from './key-document.ts';

const [first, second, third] = [
  generateEdgeKey('session.1', 'retiring'),
  generateEdgeKey('session.2', 'active'),
  generateEdgeKey('session.3', 'pending'),
];

let good: KeyDocument;
beforeAll(async () => {
  const { issuer } = (await goodDocuments()).order;
  good = { service: 'gateway', issuer, calls: {}, accepts: {}, sessionKeys: [third, second, first] };
});

const parse = (document: unknown, service = 'gateway') =>
  parseKeyDocument(JSON.stringify(document), { service, source: 'keys.json' });

function refusal(document: Readonly<Record<string, unknown>> & { readonly service: string }): string {
  return refusalOf(JSON.stringify(document), () => parse(document, document.service));
}

describe('session keys', () => {
  it('have the active key first, and each its state', () => {
    const { sessionKeys, loaded } = parse(good);
    expect(sessionKeys.map(({ kid }) => kid)).toEqual(['session.2', 'session.3', 'session.1']);
    expect(sessionKeys.map(({ key }) => key.export().toString('base64url'))).toEqual(
      [second, third, first].map(({ secret }) => secret),
    );
    expect(loaded.filter(({ member }) => member === 'sessionKeys')).toEqual([
      { kid: 'session.3', member: 'sessionKeys', state: 'pending' },
      { kid: 'session.2', member: 'sessionKeys', state: 'active' },
      { kid: 'session.1', member: 'sessionKeys', state: 'retiring' },
    ]);
  });

  it('are required for the gateway', () => {
    const { sessionKeys: _, ...document } = good;
    expect(refusal(document)).toBe('key document keys.json: sessionKeys is missing: gateway seals sessions');
  });

  it('are rejected for other services', async () => {
    const { order } = await goodDocuments();
    expect(parse(order, 'order').sessionKeys).toEqual([]);
    expect(refusal({ ...order, sessionKeys: [second] })).toContain('sessionKeys is only for gateway');
  });

  it.each([
    ['none', [], 'sessionKeys must hold exactly one active key'],
    ['none that seals', [third, first], 'sessionKeys must hold exactly one active key'],
    ['two that seal', [second, { ...first, state: 'active' }], 'sessionKeys must hold exactly one active key'],
    ['an object', {}, 'sessionKeys must be an array'],
    ['one without kid', [{ ...second, kid: undefined }], 'sessionKeys[0].kid must be a string'],
    ['a kid with a bar', [{ ...second, kid: 'a|b' }], 'sessionKeys[0].kid must match'],
    ['one kid twice', [second, { ...first, kid: second.kid }], 'sessionKeys[1].kid is used by sessionKeys[0] as well'],
    ['one secret twice', [second, { ...first, secret: second.secret }], 'sessionKeys[1].secret is the same secret as'],
    ['a short secret', [{ ...second, secret: 'c2hvcnQ' }], 'sessionKeys[0].secret must be 32 random bytes'],
    [
      'a secret that is too long for AES-256',
      [{ ...second, secret: Buffer.from([...Array(33).keys()]).toString('base64url') }],
      'sessionKeys[0].secret must be 32 bytes, no more',
    ],
    ['an unknown member', [{ ...second, note: 'x' }], 'sessionKeys[0].note is not a known member'],
  ])('are rejected with %s', (_case, sessionKeys, expected) => {
    expect(refusal({ ...good, sessionKeys })).toContain(`key document keys.json: ${expected}`);
  });
});
