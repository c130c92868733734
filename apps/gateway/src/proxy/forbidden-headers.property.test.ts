import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRequestHeaders } from './request-headers.ts';
import { responseHeaders } from './response-headers.ts';

/** Names that must pass in neither direction; a star means any ending. */
const bothWays = [
  'connection',
  'keep-alive',
  'proxy-*',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'set-cookie',
  'set-cookie2',
  'service-token',
  'x-user*',
  'x-forwarded-*',
  'traceparent',
  'x-accel-*',
];
const fromClients = [
  ...bothWays,
  'cookie',
  'cookie2',
  'host',
  'authorization',
  'x-request-id',
  'expect',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-original-*',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'remote-user',
  'x-remote-user',
  'x-auth-request-*',
  'x-middleware-*',
  'proxy',
];
const fromServices = [...bothWays, 'access-control-*', 'alt-svc', 'x-sendfile*', 'authorization', 'cookie'];

const options = { requestId: 'r1', accessToken: undefined, status: 200 };
const declared = ['x-a', 'if-match'];

/** Creates spellings of these names that a client, a server or a gateway interface may read as the name. */
function spellingOf(names: readonly string[]): fc.Arbitrary<string> {
  const ending = fc.stringMatching(/^[a-zA-Z\d_-]{0,8}$/);
  return fc
    .tuple(fc.constantFrom(...names), ending, fc.infiniteStream(fc.boolean()), fc.infiniteStream(separator))
    .map(([name, end, upper, separators]) =>
      [...name.replace('*', end)]
        .map((letter) => (letter === '-' ? separators.next().value : letter))
        .map((letter) => (upper.next().value ? letter.toUpperCase() : letter))
        .join(''),
    );
}
/** Separators, mostly the right one: names with the others are easily recognised. */
const separator = fc.constantFrom('-', '-', '-', '_', '.', '~', '!', "'");

/** Normalises a name as the most lenient server does. */
function careless(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, '-');
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function expectNone(passed: readonly string[], forbidden: readonly string[]): void {
  const names = passed.filter((_text, index) => index % 2 === 0).map(careless);
  const found = names.filter((name) => forbidden.some((pattern) => matches(name, pattern)));
  expect(found).toEqual([]);
}

const harmless = fc.constantFrom('Accept', 'X-A', 'ETag', 'Content-Language', 'X-Use', 'Via');

describe('a header of a forbidden name', () => {
  it('is not forwarded from a client in any spelling', () => {
    const names = fc.array(fc.oneof(spellingOf(fromClients), harmless), { maxLength: 6 });
    fc.assert(
      fc.property(names, fc.array(spellingOf(fromClients), { maxLength: 2 }), (headers, named) => {
        // A repeated field with one value is refused, which other tests show.
        const raw = [...new Map(headers.map((name) => [name.toLowerCase(), name])).values()].flatMap((name) => [
          name,
          name.toLowerCase() === 'transfer-encoding' ? 'chunked' : 'x',
        ]);
        expectNone(readRequestHeaders(raw, { connection: named.join(', '), declared }).passed, fromClients);
      }),
      { numRuns: 3000 },
    );
  });

  it('is not forwarded from a service in any spelling', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(spellingOf(fromServices), harmless), { maxLength: 6 }), (headers) => {
        const raw = headers.flatMap((name) => [name, 'x']);
        expectNone(responseHeaders(raw, options), fromServices);
      }),
      { numRuns: 3000 },
    );
  });

  it('are the only fields that are removed from declared request headers and from answers', () => {
    const name = fc.stringMatching(/^[a-z](?:[a-z\d]{0,5}-?){1,3}[a-z]$/);
    fc.assert(
      fc.property(name, (given) => {
        const expectLost = (passed: readonly string[], forbidden: readonly string[]) => {
          if (!forbidden.some((pattern) => matches(given, pattern))) expect(passed).toContain(given);
        };
        const declaring = { connection: undefined, declared: [given] };
        expectLost(readRequestHeaders([given, 'x'], declaring).passed, fromClients);
        expectLost(responseHeaders([given, 'x'], options), fromServices);
      }),
    );
  });
});
