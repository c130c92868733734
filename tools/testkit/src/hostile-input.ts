import { type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';

/** A valid request, whose parts are replaced by values that no database column accepts. */
export interface GoodRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path, with valid ids and a valid query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const texts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udc00a',
  'a\\',
  '%',
  '_%\\',
  "'; --",
  '\u2028',
  '\u202e',
  '🔐',
  '__proto__',
  'x'.repeat(300),
  'é'.repeat(60_000),
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-1',
  '1e3',
  '2026-13-45T99:99:99Z',
  '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58',
  '0190E4B2-7D3C-7A51-9F0E-3F6D1C2B4A58',
  '{0190e4b2-7d3c-7a51}',
  '0190e4b27d3c7a519f0e3f6d1c2b4a58',
  '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a5\0',
];
const numbers = [-1, 0, 0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 2 ** 64, 1e308, -1e308, 5e-324];
const others: readonly unknown[] = [null, true, [], {}, [[]], [null], { toString: 1 }, { set: 'x' }, { increment: 1 }];
/** JSON texts that `JSON.stringify` does not write. */
const rawJson = ['1e999', '-1e999', '-0', '1.0', '9223372036854775808', '0.1e1', '"\\ud800"', '"\\u0000"'];
/** Further values for paths and queries: bytes that are not UTF-8, and invalid escapes. */
const rawEscapes = ['%00', '%ff', '%', '%zz', '%ed%a0%80', '%C0%80', '%2e%2e', '%2f', '%5c', '+', '&', '%0d%0aX:y'];
/** Values for headers, sent unchanged: bytes beyond ASCII, tabs, commas. */
const headerValues = [
  '',
  ' ',
  '\t',
  '"',
  '""',
  '"x',
  'W/"1"',
  '*',
  '"0"',
  '"1", "2"',
  '"2147483648"',
  '"999999999999999999999"',
  '\u00ff\u00fe\u0080',
  'é',
  'x'.repeat(4000),
  '-1',
  'null',
  ',',
  ';;;',
  '[::1',
  '1.2.3.4:99999',
];
const headerNames = ['User-Agent', 'X-Request-Id', 'X-Forwarded-For', 'If-Match', 'Idempotency-Key'];
const moreHeaderNames = ['traceparent', 'Accept', 'Accept-Language', 'Referer'];

/**
 * Tests that a request is answered below 500 with any value in each id, query parameter, field and header. The unchanged
 * request must be answered 2xx, so that the code behind the checks is reached.
 */
export function testHostileInput(server: () => Server, makeRequest: () => GoodRequest | Promise<GoodRequest>): void {
  it('answers the unchanged request 2xx', async () => {
    const { status, text } = await send(server(), await makeRequest());
    expect([status < 300, text]).toEqual([true, text]);
  });

  it.each([
    ['its path', pathVariants],
    ['its query', queryVariants],
    ['its body', bodyVariants],
    ['its headers', headerVariants],
  ])('answers below 500 with any value in %s', async (_case, variantsOf) => {
    const faults: unknown[] = [];
    const variants = variantsOf(await makeRequest()).values();
    const sendNext = async () => {
      for (const variant of variants) {
        const answer = await send(server(), variant);
        if (answer.status >= 500) faults.push({ ...variant, ...answer });
      }
    };
    await Promise.all(Array.from({ length: 8 }, sendNext));
    expect(faults).toEqual([]);
  });
}

interface Variant extends Omit<GoodRequest, 'body'> {
  readonly content?: string;
  readonly body?: object;
}

function pathVariants(good: GoodRequest): Variant[] {
  const [path = '', query] = good.target.split('?');
  const segments = path.split('/');
  const behind = query === undefined ? '' : `?${query}`;
  const ids = segments.flatMap((segment, index) => (/^[\da-f-]{36}$/.test(segment) ? [index] : []));
  return ids.flatMap((id) =>
    escapedTexts().map((text) => ({
      ...good,
      target: `${segments.map((segment, index) => (index === id ? text : segment)).join('/')}${behind}`,
    })),
  );
}

function queryVariants(good: GoodRequest): Variant[] {
  const [path = '', query = ''] = good.target.split('?');
  const names = new Set([...new URLSearchParams(query).keys()]);
  // A cursor is base64url of an id.
  const values = [...escapedTexts(), ...texts.map((text) => Buffer.from(text).toString('base64url'))];
  const short = values.filter((value) => value.length < 8000);
  return [...names].flatMap((name) =>
    [...short.map((value) => `${name}=${value}`), `${name}[a]=1`, `${name}[]=1`, `${name}=1&${name}=2`].map(
      (changed) => ({
        ...good,
        target: `${path}?${changed}`,
      }),
    ),
  );
}

function bodyVariants(good: GoodRequest): Variant[] {
  if (good.body === undefined) return [];
  const { body, ...rest } = good;
  const values = [...[...texts, ...numbers, ...others].map((value) => JSON.stringify(value)), ...rawJson];
  const whole = values.map((content) => ({ ...rest, content }));
  const mark = '<the place>';
  const places = placesOf(body).flatMap((place) =>
    values.map((value) => ({
      ...rest,
      content: JSON.stringify(withValue(body, place, mark)).replace(JSON.stringify(mark), () => value),
    })),
  );
  return [...whole, ...places];
}

function headerVariants(good: GoodRequest): Variant[] {
  return [...headerNames, ...moreHeaderNames].flatMap((name) =>
    headerValues.map((value) => ({ ...good, headers: { ...good.headers, [name]: value } })),
  );
}

function escapedTexts(): string[] {
  const escaped = texts.filter((text) => text.isWellFormed() && text.length < 1000).map(encodeURIComponent);
  return [...escaped, ...rawEscapes];
}

/** The paths of all members, nested objects and arrays included. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...path, name], ...placesOf(member, [...path, name])]);
}

function withValue(body: object, [name = '', ...rest]: readonly string[], value: unknown): object {
  const copy = structuredClone(body);
  const member: unknown = Reflect.get(copy, name);
  Reflect.set(
    copy,
    name,
    rest.length === 0 || typeof member !== 'object' ? value : withValue(member ?? {}, rest, value),
  );
  return copy;
}

function send(server: Server, { method, target, headers = {}, body, content }: Variant) {
  const { port } = server.address() as AddressInfo;
  const sent = content ?? (body === undefined ? undefined : JSON.stringify(body));
  const all: OutgoingHttpHeaders = { ...headers };
  if (sent !== undefined)
    Object.assign(all, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) });
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: target, method, headers: all }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.once('error', reject);
    outgoing.end(sent);
  });
}
