import type { Server } from 'node:http';
import { expect, it } from '@jest/globals';
import type { Test } from 'supertest';
import request from 'supertest';

const unsupported = { status: 415, code: 'unsupported_media_type' };

/** Content that every route with a body refuses, and its media type. */
const bodyRefusals = [
  { given: 'no body', type: undefined, content: '', status: 400, code: 'invalid_request' },
  { given: 'a form', type: 'application/x-www-form-urlencoded', content: 'a=1', ...unsupported },
  { given: 'JSON that is called text', type: 'text/plain', content: '{}', ...unsupported },
  { given: 'another charset', type: 'application/json; charset=utf-16', content: '{}', ...unsupported },
  { given: 'malformed JSON', type: 'application/json', content: '{"a":', status: 400, code: 'invalid_request' },
  { given: 'JSON that is no object', type: 'application/json', content: '[]', status: 422, code: 'invalid_fields' },
  {
    given: 'more than 100 kB',
    ...{ type: 'application/json', content: `{"a":"${'x'.repeat(100_000)}"}` },
    ...{ status: 413, code: 'payload_too_large' },
  },
];

/** Tests the answers of a route to bodies that are not its JSON object. `sending` creates a request. */
export function testBodyRefusals(sending: () => Test): void {
  it.each(bodyRefusals)('answers $status $code to $given', async ({ type, content, status, code }) => {
    const { body } = await (type === undefined ? sending() : sending().set('Content-Type', type).send(content));
    expect(body).toMatchObject({ status, code });
  });

  it('answers 422 to a member named __proto__', async () => {
    const polluting = '{"__proto__":{"roles":["admin"],"active":true,"total":0}}';
    const { body } = await sending().set('Content-Type', 'application/json').send(polluting);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors).toContainEqual({ pointer: '/__proto__', detail: 'is not a known field' });
  });
}

/** A method that a path does not have, and those that it has. */
export type OtherMethod = readonly [method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, allow: string];

/** Tests the answers of paths to methods that they do not have. */
export function testOtherMethods(app: () => { readonly server: Server }, methods: readonly OtherMethod[]): void {
  it.each(methods)('%s %s answers 405 and Allow: %s', async (method, path, allow) => {
    const { headers, body } = await request(app().server)[method](path);
    expect(headers['allow']).toBe(allow);
    expect(body).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });
}

/** The URL of a database on a port without a server. */
export const databaseNowhere = 'postgresql://ada:horse@127.0.0.1:1/nothing';

/** Expects each request to be answered as by an app without its database: 503 with Retry-After, and never 401 or 403. */
export async function expectUnavailable(requests: readonly (() => PromiseLike<request.Response>)[]): Promise<void> {
  for (const ask of requests) {
    const { headers, body } = await ask();
    expect(body).toMatchObject({ status: 503, code: 'unavailable' });
    expect(headers).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store' });
  }
}
