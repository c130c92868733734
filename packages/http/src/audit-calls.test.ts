import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { auditCalls } from './audit-calls.ts';
import { memoryLog } from './memory-log.fixture.ts';
import { requestContext } from './request-context.ts';

describe('auditCalls', () => {
  it('writes one line per decision, with who, what, why and the request', async () => {
    const { log, lines } = memoryLog();
    const audit = auditCalls({ log });
    const app = express().use(requestContext(), (req, res) => {
      audit({ decision: 'allow', operation: 'product:quotes.create', caller: 'order' }, req);
      audit({ decision: 'deny', operation: 'product:quotes.create', reason: 'signature' }, req);
      res.end();
    });
    await request(app).get('/').set('X-Request-Id', 'r1');
    expect(lines()).toMatchObject([
      { msg: 'allow order -> product:quotes.create', requestId: 'r1', audit: { caller: 'order' } },
      { msg: 'deny unknown -> product:quotes.create (signature)', requestId: 'r1', audit: { decision: 'deny' } },
    ]);
  });
});
