import { describe, expect, it } from '@jest/globals';
import type { operations } from '../../test/quote-service.ts';
import type { OperationHandlers } from './service-router.ts';

type Handlers = OperationHandlers<typeof operations, 'product'>;

const quotes: Handlers['product:quotes.create'] = async ({ body }) => ({ total: body.items.length });
const notes: Handlers['product:notes.read'] = async ({ params }) => ({ id: params.id, reader: '' });
const doors: Handlers['product:doors.open'] = async () => ({});
const complete = { 'product:quotes.create': quotes, 'product:notes.read': notes, 'product:doors.open': doors };

// Each line below must not compile: the type check of the project fails on an expectation that is not met.

// @ts-expect-error an operation without its handler
export const oneMissing: Handlers = { 'product:quotes.create': quotes, 'product:notes.read': notes };

export const oneStray: Handlers = {
  ...complete,
  // @ts-expect-error a handler without its operation
  'product:quotes.delete': doors,
};

// @ts-expect-error an answer that is not the operation's
export const otherAnswer: Handlers['product:quotes.create'] = async () => ({ sum: 1 });

// @ts-expect-error a part of the request that the operation does not have
export const otherPart: Handlers['product:quotes.create'] = async ({ query }) => ({ total: Number(query) });

// @ts-expect-error the body is parsed: its items are numbers
export const otherBody: Handlers['product:quotes.create'] = async ({ body }) => ({ total: body.items[0].length });

describe('OperationHandlers', () => {
  it('has one handler per operation of the service', () => {
    const handlers: Handlers = complete;
    expect(Object.keys(handlers)).toHaveLength(3);
  });
});
