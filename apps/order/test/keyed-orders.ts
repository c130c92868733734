import type { Server } from 'node:http';
import { expect } from '@jest/globals';
import request from 'supertest';
import type { Customer } from './harness.ts';

/** The header of a repeated answer. */
export const replay = 'idempotent-replayed';

/** Places an order with a key. */
export function placeKeyed(
  server: Server,
  { customer, key, items }: { customer: Customer; key: string; items: readonly object[] },
): Promise<request.Response> {
  const sent = request(server).post('/orders').set('Authorization', customer.bearer()).set('Idempotency-Key', key);
  return sent.send({ items }).then((answer) => answer);
}

/** Expects that an order was placed, by this request and not by an earlier one. */
export function expectPlaced({ status, headers }: request.Response): void {
  expect(status).toBe(201);
  expect(headers).not.toHaveProperty(replay);
}

/** Expects an answer that repeats the first one. */
export function expectReplay(first: request.Response, { status, headers, body }: request.Response): void {
  expect(status).toBe(201);
  expect(headers).toMatchObject({ [replay]: 'true', location: first.headers['location'] });
  expect(body).toEqual(first.body);
}
