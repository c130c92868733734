import { describe, expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { reportUnmatched } from './report-unmatched.ts';
import type { CallDecision } from './require-caller.ts';

/** Sends a request through the middleware, and returns the reports and the answer. */
async function report(path: string, headers: Readonly<Record<string, string>> = {}) {
  const decisions: CallDecision[] = [];
  const onDecision = (decision: CallDecision) => void decisions.push(decision);
  const app = express().use(reportUnmatched({ prefix: '/internal', onDecision }), (_req, res) => void res.end('below'));
  const { text } = await supertest(app).get(path).set(headers);
  return { decisions, text };
}

const refused = { decision: 'deny', operation: 'unmatched', reason: 'not_an_operation' };

describe('reportUnmatched', () => {
  it.each(['/internal', '/internal/', '/internal/users/1/contact', '/INTERNAL/quotes', '/internal/x?a=1'])(
    'reports a request to %s and sends no answer',
    async (path) => expect(await report(path)).toEqual({ decisions: [refused], text: 'below' }),
  );

  it('reports a service token on any other route, with the code of its refusal', async () => {
    const { decisions, text } = await report('/products', { 'Service-Token': 'x' });
    expect(decisions).toEqual([{ ...refused, code: 'invalid_service_token' }]);
    expect(text).toBe('below');
  });

  it.each(['/', '/products', '/internals', '/internal-docs', '/docs/internal/x', '//internal/x'])(
    'does not report a request to %s',
    async (path) => expect(await report(path)).toEqual({ decisions: [], text: 'below' }),
  );

  it('throws at build time without onDecision', () => {
    // @ts-expect-error for callers in JavaScript
    expect(() => reportUnmatched({ prefix: '/internal' })).toThrow('reportUnmatched needs onDecision');
  });
});
