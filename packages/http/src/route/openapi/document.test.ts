import { documentFaults } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { problemsOf, type RouteSpec, type Routes } from '../route.ts';
import { createOpenApi } from './document.ts';

const Thing = z.strictObject({ id: z.uuid(), name: z.string() }).meta({ id: 'Thing' });
const read: RouteSpec = {
  summary: 'Read a thing',
  who: { scope: 'thing:read' },
  params: z.object({ id: z.uuid() }),
  answer: {
    status: 200,
    description: 'The thing.',
    schema: Thing,
    headers: { ETag: 'Its version.' },
    revalidated: true,
  },
};
const add: RouteSpec = {
  summary: 'Add a thing',
  who: 'anyone',
  problems: ['conflict'],
  body: z.strictObject({ name: z.string() }),
  example: { name: 'Mug' },
  answer: { status: 201, description: 'The thing.', schema: Thing },
};
const remove: RouteSpec = {
  summary: 'Remove a thing',
  who: { scope: 'thing:write' },
  params: z.object({ id: z.uuid() }),
  answer: { status: 204, description: 'It is gone.' },
};
const things = { 'GET /things/:id': read, 'POST /things': add, 'DELETE /things/:id': remove };
const describeThings = (routes: Routes) => createOpenApi({ title: 'things', description: 'Of all sorts.', routes });

describe('createOpenApi', () => {
  it('creates a valid OpenAPI 3.1 document', () => {
    expect(documentFaults(describeThings(things))).toEqual([]);
  });

  it.each([
    [
      'two operations of one name',
      { 'GET /things/:id': read, 'GET /things:id': { ...read, params: z.object({}) } },
      'names two',
    ],
    [
      'a path parameter without a schema',
      { 'GET /things/:id': { ...read, params: z.object({}) } },
      'has the parameters',
    ],
    [
      'an example that does not match its schema',
      { 'POST /things': { ...add, example: { name: 1 } } },
      'name must be string',
    ],
  ])('creates a document with a fault for %s', (_given, routes, fault) => {
    expect(documentFaults(describeThings(routes)).join()).toContain(fault);
  });

  it('has a security requirement on guarded routes only', () => {
    const { paths = {} } = describeThings(things);
    expect(paths['/things/{id}']?.get).toMatchObject({
      operationId: 'getThingsId',
      security: [{ bearer: [] }],
      description: 'Needs the scope `thing:read`.',
    });
    expect(paths['/things']?.post).not.toHaveProperty('security');
  });

  it('lists each status with its codes, and an example of each', () => {
    const { paths = {} } = describeThings(things);
    const refused = paths['/things/{id}']?.get?.responses?.['401'];
    const codes = ['missing_token', 'invalid_token', 'token_expired', 'token_revoked'];
    expect(refused).toHaveProperty(['content', 'application/problem+json', 'schema', 'properties', 'code'], {
      enum: codes,
    });
    expect(refused).toHaveProperty(
      ['content', 'application/problem+json', 'examples', 'token_expired', 'value', 'status'],
      401,
    );
    expect(Object.keys(paths['/things']?.post?.responses ?? {})).toEqual([
      '201',
      '400',
      '409',
      '413',
      '415',
      '422',
      '500',
      '503',
    ]);
    expect(paths['/things/{id}']?.get?.responses).toHaveProperty('304');
    expect(paths['/things/{id}']?.delete?.responses?.['204']).toEqual({ description: 'It is gone.' });
  });
});

describe('problemsOf', () => {
  const always = ['internal', 'unavailable', 'invalid_request', 'invalid_service_token'];
  const ofTokens = ['missing_token', 'invalid_token', 'token_expired', 'token_revoked', 'insufficient_scope'];
  const { params: _params, ...bare }: RouteSpec = { ...remove, who: 'anyone' };

  it.each<[string, RouteSpec, string[]]>([
    ['any route', bare, []],
    ['a scope', { ...bare, who: { scope: 'thing:read' } }, ofTokens],
    ['the session cookie', { ...bare, who: 'session' }, ['no_session', 'forbidden', 'unsupported_media_type']],
    ['an own page', { ...bare, who: 'own page' }, ['forbidden', 'unsupported_media_type']],
    ['a body', { ...bare, body: Thing }, ['unsupported_media_type', 'payload_too_large', 'invalid_fields']],
    ['a query', { ...bare, query: z.object({}) }, ['invalid_fields']],
    ['path parameters', { ...bare, params: z.object({}) }, ['not_found']],
    ['problems of its own, each once', { ...bare, problems: ['conflict', 'internal'] }, ['conflict']],
  ])('adds the codes that follow from %s', (_given, route, codes) => {
    expect([...problemsOf('DELETE /things', route)].sort()).toEqual([...always, ...codes].sort());
  });

  it('adds no page codes to a GET', () => {
    expect([...problemsOf('GET /things', { ...bare, who: 'session' })].sort()).toEqual(
      [...always, 'no_session'].sort(),
    );
  });
});
