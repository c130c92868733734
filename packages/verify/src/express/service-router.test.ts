import { describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import express from 'express';
import supertest from 'supertest';
import { operations, read, startQuoteService } from '../../test/quote-service.ts';
import { type OperationHandlers, serviceRouter } from './service-router.ts';

type Handlers = OperationHandlers<typeof operations, 'product'>;
const handlers: Handlers = {
  'product:quotes.create': async () => ({ total: 1 }),
  'product:notes.read': async () => ({ id: '7', reader: 'ada' }),
  'product:doors.open': async () => ({}),
};
const noGuard: RequestHandler = (_req, _res, next) => next();

function build(given: object, guard: () => RequestHandler = () => noGuard) {
  return serviceRouter({ service: 'product', operations, read, guard, handlers: given as Handlers });
}

describe('serviceRouter', () => {
  it('creates one guard per operation', () => {
    const guarded: string[] = [];
    serviceRouter({
      service: 'product',
      operations,
      read,
      handlers,
      guard: ({ id }) => {
        guarded.push(id);
        return noGuard;
      },
    });
    expect(guarded).toEqual(Object.keys(operations));
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('registers an operation of %s under it', (method) => {
    const operation = { ...operations['product:doors.open'], method };
    const router = serviceRouter({
      service: 'product',
      operations: { 'product:doors.open': operation },
      read,
      guard: () => noGuard,
      handlers: { 'product:doors.open': async () => ({}) },
    });
    const [route] = router.stack.map((layer) => layer.route);
    expect([route?.path, route?.stack[0]?.method]).toEqual(['/internal/doors', method.toLowerCase()]);
  });

  it('answers 500 when the guard does not authenticate', async () => {
    const app = express().use(build(handlers));
    app.use(
      ((error, _req, res, _next) => void res.status(500).send(String(error))) satisfies express.ErrorRequestHandler,
    );
    const answer = await supertest(app).post('/internal/doors');
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('needs requireCaller() on the route');
  });

  it.each(Object.keys(operations))('throws at build time without a handler for %s', (id) => {
    const { [id as keyof Handlers]: _left, ...rest } = handlers;
    expect(() => build(rest)).toThrow(`product has no handler for its operation ${id}`);
  });

  it.each(['product:quotes.delete', 'user:contacts.read', 'product', 'toString', '__proto__x'])(
    'throws at build time with a handler for %s, which is not an operation of the service',
    (id) => {
      expect(() => build({ ...handlers, [id]: async () => ({}) })).toThrow(
        `product handles ${id}, which is no operation`,
      );
    },
  );

  it('uses no handler from a prototype', () => {
    expect(() => build(Object.create(handlers) as object)).toThrow('has no handler');
  });

  it('registers nothing for a service without operations', () => {
    const router = serviceRouter({ service: 'billing', operations, read, guard: () => noGuard, handlers: {} });
    expect(router.stack).toEqual([]);
  });

  it('answers with the result of the handler, and no-store', async () => {
    const product = await startQuoteService();
    const call = product.noteCall(product.userToken({ sub: 'ada' }));
    const answer = await product.send({
      target: call.target,
      headers: [
        ['Service-Token', product.signer.sign(call)],
        ['Authorization', `Bearer ${call.accessToken}`],
      ],
    });
    expect(answer).toMatchObject({ status: 200, text: '{"id":"7","reader":"ada"}' });
    expect(answer.headers['cache-control']).toBe('no-store');
    await product.close();
  });
});
