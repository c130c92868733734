import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { dateTime, defineRoutes, type RouteHandlers } from './route.ts';

const Thing = z.strictObject({ id: z.string(), at: dateTime });
const routes = defineRoutes({
  'GET /things/:id': {
    who: { scope: 'thing:read' },
    summary: 'Read a thing',
    params: z.object({ id: z.string() }),
    query: z.object({ limit: z.string().transform(Number) }),
    answer: { status: 200, description: 'The thing.', schema: Thing, headers: { ETag: 'The version.' } },
  },
  'DELETE /things/:id': {
    who: 'anyone',
    summary: 'Remove a thing',
    answer: { status: 204, description: 'Removed.' },
  },
  'POST /things': {
    who: 'anyone',
    summary: 'Add a thing',
    answer: { status: 201, description: 'The thing.', schema: Thing },
    otherAnswer: { status: 202, description: 'Accepted.', schema: z.strictObject({ accepted: z.boolean() }) },
  },
});
type Handlers = RouteHandlers<typeof routes>;
const thing = { id: 'a', at: new Date(0) };

// Each line with an expectation must not compile: the type check of the project fails on an expectation that is not met.

defineRoutes({
  // @ts-expect-error a route without a guard
  'GET /open': { summary: 'Open by mistake', answer: { status: 204, description: 'Nothing.' } },
});

// @ts-expect-error a name without a method
defineRoutes({ '/things': { who: 'anyone', summary: 'Nothing', answer: { status: 204, description: 'Nothing.' } } });

export const read: Handlers['GET /things/:id'] = ({ params, query }) => ({
  body: { id: params.id, at: new Date(query.limit) },
  headers: { ETag: '"1"' },
});

// @ts-expect-error a part of the request that the route does not declare
export const readBody: Handlers['GET /things/:id'] = ({ body }) => ({ body: { ...thing, id: body } });

// @ts-expect-error an answer that is not the one of the schema
export const otherAnswer: Handlers['GET /things/:id'] = () => ({ body: { id: 'a' } });

// @ts-expect-error a header that the answer does not declare
export const otherHeader: Handlers['GET /things/:id'] = () => ({ body: thing, headers: { Location: '/things/a' } });

// @ts-expect-error a body where the answer has none
export const anyBody: Handlers['DELETE /things/:id'] = () => ({ body: thing });

export const remove: Handlers['DELETE /things/:id'] = () => undefined;
export const add: Handlers['POST /things'] = () => ({ body: thing });
export const accept: Handlers['POST /things'] = () => ({ status: 202, body: { accepted: true } });

// @ts-expect-error the other body without its status
export const acceptAs201: Handlers['POST /things'] = () => ({ body: { accepted: true } });

// @ts-expect-error a route without its handler
export const incomplete: Handlers = { 'GET /things/:id': read, 'DELETE /things/:id': remove };

describe('RouteHandlers', () => {
  it('has one handler per route', () => {
    const handlers: Handlers = { 'GET /things/:id': read, 'DELETE /things/:id': remove, 'POST /things': add };
    expect(Object.keys(handlers)).toEqual(Object.keys(routes));
  });
});
