import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { outgoingHeaders } from './outgoing-headers.ts';
import { contextOf, requestContext } from './request-context.ts';

describe('outgoingHeaders', () => {
  it('carries the request id and the trace of the request it is made for', async () => {
    const app = express().use(requestContext(), (_req, res) => res.json(outgoingHeaders()));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await request(app).get('/').set({ 'X-Request-Id': 'r1', traceparent });
    expect(body['x-request-id']).toBe('r1');
    expect(body.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(body.traceparent).not.toBe(traceparent);
  });

  it('carries those of the request that it is given', async () => {
    const app = express().use(requestContext({ isCurrent: false }), (req, res) =>
      res.json([outgoingHeaders(), outgoingHeaders(contextOf(req))]),
    );
    const { body } = await request(app).get('/').set('X-Request-Id', 'r1');
    expect(body).toEqual([{}, { 'x-request-id': 'r1', traceparent: expect.stringMatching(/^00-/) }]);
  });

  it('is empty outside a request', () => {
    expect(outgoingHeaders()).toEqual({});
  });
});
