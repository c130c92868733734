import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseAccepts, parseCalls, ServiceName, secretProblem } from './edge-keys.ts';
import { KeyMaterialError } from './key-material.ts';

const secret = () => randomBytes(32).toString('base64url');
const key = (kid: string, change: object = {}) => ({ kid, secret: secret(), state: 'active', ...change });

/** The refusal of a value, which must not print any secret of it. */
function problemOf(parse: (input: unknown) => unknown, input: unknown): string {
  try {
    parse(input);
  } catch (error) {
    if (!(error instanceof KeyMaterialError)) throw error;
    const secrets = String(JSON.stringify(input)).matchAll(/"secret":"([^"]+)"/g);
    for (const [, value] of secrets) expect(error.message).not.toContain(value);
    return error.message;
  }
  return 'none';
}

describe('secretProblem', () => {
  it.each([
    ['32 random bytes', secret(), undefined],
    ['64 random bytes', randomBytes(64).toString('base64url'), undefined],
    ['16 distinct bytes', Buffer.from([...Array(32)].map((_, at) => at % 16)).toString('base64url'), undefined],
    ['31 random bytes', randomBytes(31).toString('base64url'), 'must be 32 random bytes or more'],
    ['nothing', '', 'must be base64url without padding'],
    ['a word', 'password', 'must be 32 random bytes or more'],
    ['a placeholder', 'change-me', 'must be base64url without padding'],
    ['32 characters, which are 24 bytes', 'A'.repeat(32), 'must be 32 random bytes or more'],
    ['zeros', Buffer.alloc(32).toString('base64url'), 'must be random: it repeats itself'],
    ['one letter', Buffer.alloc(64, 'a').toString('base64url'), 'must be random: it repeats itself'],
    [
      'a word again and again',
      Buffer.from('password'.repeat(8)).toString('base64url'),
      'must be random: it repeats itself',
    ],
    ['15 distinct bytes', Buffer.from([...Array(60)].map((_, at) => at % 15)).toString('base64url'), 'must be random'],
    ['standard base64', `${'+/'.repeat(21)}A`, 'must be base64url without padding'],
    ['padding', `${secret()}=`, 'must be base64url without padding'],
    ['a line break behind it', `${secret()}\n`, 'must be base64url without padding'],
    ['bits left over', `${secret().slice(0, -1)}B`, 'must be base64url without padding'],
    ['hex in capitals with separators', 'AB:CD:EF', 'must be base64url without padding'],
  ])('for %s, %j', (_case, value, expected) => {
    const problem = secretProblem(value);
    if (expected === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(expected);
  });
});

describe('ServiceName', () => {
  it.each(['a', 'o'.repeat(32), 'order-2'])('accepts %s', (name) => expect(ServiceName.parse(name)).toBe(name));

  it.each(['', 'o'.repeat(33), '2order', '-order', 'Order', 'or.der', 'order\n'])(
    'rejects %j and describes a valid name',
    (name) => {
      expect(() => ServiceName.parse(name)).toThrow('must match ^[a-z][a-z0-9-]{0,31}$');
    },
  );
});

describe.each([
  ['parseAccepts', 'accepts', parseAccepts],
  ['parseCalls', 'calls', parseCalls],
])('%s', (_name, at, parse) => {
  const repeated = secret();
  it.each([
    ['nothing', undefined, ' must be a'],
    ['null', null, ' must be a'],
    ['a list', [key('a')], ' must be a'],
    ['text', 'keys', ' must be a'],
    ['keys that are no list', { order: key('a') }, '.order must be an array'],
    ['a service without keys', { order: [] }, '.order must hold at least one key'],
    ['a key that is no object', { order: ['secret'] }, '.order[0] must be an object'],
    ['a service name in capitals', { Order: [key('a')] }, '.Order'],
    ['a service name that begins with a digit', { '1order': [key('a')] }, '.1order'],
    ['a service name of 33 letters', { ['o'.repeat(33)]: [key('a')] }, `.${'o'.repeat(33)}`],
    ['a service name with a dot', { 'or.der': [key('a')] }, '.or.der'],
    ['no kid', { order: [key('a', { kid: undefined })] }, '.order[0].kid must be a string'],
    ['an empty kid', { order: [key('')] }, '.order[0].kid must match'],
    ['a kid in capitals', { order: [key('A')] }, '.order[0].kid must match'],
    ['a kid that begins with a dot', { order: [key('.a')] }, '.order[0].kid must match'],
    ['a kid with the separator of the single-use store', { order: [key('a|b')] }, '.order[0].kid must match'],
    ['a kid with a line break', { order: [key('a\n')] }, '.order[0].kid must match'],
    ['a kid of 65 characters', { order: [key('a'.repeat(65))] }, '.order[0].kid must match'],
    ['a kid named __proto__', { order: [key('__proto__')] }, '.order[0].kid must match'],
    ['no secret', { order: [key('a', { secret: undefined })] }, '.order[0].secret must be a string'],
    [
      'a short secret',
      { order: [key('a', { secret: 'c2hvcnQ' })] },
      '.order[0].secret must be 32 random bytes or more',
    ],
    ['a pattern', { order: [key('a', { secret: 'A'.repeat(43) })] }, '.order[0].secret must be random'],
    ['no state', { order: [key('a', { state: undefined })] }, '.order[0].state must be pending, active or retiring'],
    [
      'another state',
      { order: [key('a', { state: 'revoked' })] },
      '.order[0].state must be pending, active or retiring',
    ],
    ['two unknown members', { order: [key('a', { note: 'x', more: 1 })] }, '.order[0].note is not a known member'],
    ['an unknown member', { order: [key('a', { note: 'x' })] }, '.order[0].note is not a known member'],
    ['one kid twice', { order: [key('a'), key('a', { state: 'pending' })] }, '.order[1].kid is used by'],
    ['one kid at two services', { order: [key('a')], user: [key('a')] }, '.user[0].kid is used by'],
    [
      'one secret twice',
      { order: [key('a', { secret: repeated }), key('b', { secret: repeated, state: 'pending' })] },
      '.order[1].secret is the secret of',
    ],
    [
      'one secret at two services',
      { order: [key('a', { secret: repeated })], user: [key('b', { secret: repeated })] },
      '.user[0].secret is the secret of',
    ],
  ])('rejects %s', (_case, input, expected) => {
    expect(problemOf(parse, input)).toContain(`${at}${expected}`);
  });

  it('accepts an empty list', () => {
    expect(parse({}).size).toBe(0);
  });

  it('accepts a kid of 64 characters with dots, digits and hyphens', () => {
    expect(problemOf(parse, { order: [key(`0.-${'a'.repeat(61)}`)] })).toBe('none');
  });
});

describe('parseAccepts', () => {
  it('returns keys of every state by kid, each with its caller', () => {
    const input = {
      order: [key('o.1', { state: 'retiring' }), key('o.2'), key('o.3', { state: 'pending' })],
      user: [key('u.1')],
    };
    const keys = parseAccepts(input);
    expect([...keys].map(([kid, { caller }]) => [kid, caller])).toEqual([
      ['o.1', 'order'],
      ['o.2', 'order'],
      ['o.3', 'order'],
      ['u.1', 'user'],
    ]);
    const [first] = input.order;
    expect(keys.get('o.1')?.key.export().toString('base64url')).toBe(first?.secret);
  });
});

describe('parseCalls', () => {
  it('returns the one active key per callee', () => {
    const keys = parseCalls({
      product: [key('p.1', { state: 'retiring' }), key('p.2'), key('p.3', { state: 'pending' })],
    });
    expect([...keys].map(([callee, { kid }]) => [callee, kid])).toEqual([['product', 'p.2']]);
  });

  it.each([
    ['two active keys', [key('p.1'), key('p.2')]],
    ['no active key', [key('p.1', { state: 'pending' }), key('p.2', { state: 'retiring' })]],
  ])('rejects an edge with %s', (_case, product) => {
    expect(problemOf(parseCalls, { product })).toBe('calls.product must hold exactly one active key');
  });
});
