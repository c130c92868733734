import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { requestContext } from '../request/request-context.ts';
import { createMetrics } from '../server/metrics.ts';
import { type AuditCallsOptions, auditCalls, type CallDecision, createUserHash } from './audit-calls.ts';
import { memoryLog } from './memory-log.fixture.ts';

const allow: CallDecision = {
  decision: 'allow',
  operation: 'user:contacts.read',
  caller: 'order',
  kid: 'order.user.1',
  jti: 'j'.repeat(22),
  user: 'ada',
};
const deny: CallDecision = {
  decision: 'deny',
  operation: 'user:contacts.read',
  code: 'invalid_service_token',
  reason: 'signature',
};

/** Records decisions on one request, and returns the log lines and the counts. */
async function decide(decisions: readonly object[], options: Partial<AuditCallsOptions> = {}) {
  const { log, lines } = memoryLog();
  const metrics = createMetrics({ service: 'user' });
  const audit = auditCalls({ log, metrics, ...options });
  const app = express().use(requestContext(), (req, res) => {
    for (const decision of decisions) audit(decision as CallDecision, req);
    res.end();
  });
  await request(app)
    .get('/')
    .set('X-Request-Id', 'r1')
    .set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  const { text } = await metrics.render();
  const counted = text.split('\n').filter((line) => /^auth_\w+\{/.test(line));
  return { lines: lines(), counted };
}

describe('auditCalls', () => {
  it('writes one line per decision: caller, operation, user, reason, request and time', async () => {
    const { lines } = await decide([allow, deny], { hashUser: (sub) => `hash of ${sub}` });
    const request = {
      level: 'info',
      service: 'test',
      time: expect.any(String),
      requestId: 'r1',
      traceId: 'a'.repeat(32),
    };
    expect(lines).toEqual([
      {
        ...request,
        audit: { ...allow, user: 'hash of ada', ms: expect.any(Number) },
        msg: 'allow order -> user:contacts.read',
      },
      { ...request, audit: { ...deny, ms: expect.any(Number) }, msg: 'deny unknown -> user:contacts.read (signature)' },
    ]);
  });

  it('writes no user without a function to hash it', async () => {
    const { lines } = await decide([allow]);
    expect(lines[0]).toHaveProperty('audit.caller', 'order');
    expect(lines[0]).not.toHaveProperty('audit.user');
    expect(JSON.stringify(lines)).not.toContain('ada');
  });

  it('writes no other member of a decision', async () => {
    const { lines } = await decide([{ ...deny, cause: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln' }]);
    expect(lines[0]).not.toHaveProperty('audit.cause');
  });

  it('is complete at every LOG_LEVEL', async () => {
    const { log, lines } = memoryLog({ level: 'error' });
    await decide([allow, deny], { log });
    expect(lines()).toHaveLength(2);
  });

  it('counts each decision by operation, caller and reason, and each verified token by its outcome', async () => {
    const unmatched = { decision: 'deny', operation: 'unmatched', reason: 'not_an_operation' };
    const { counted } = await decide([allow, allow, deny, unmatched]);
    const calls = (labels: string, count: number) => `auth_service_calls_total{${labels},service="user"} ${count}`;
    expect(counted).toEqual([
      'auth_verifications_total{token="service",outcome="accepted",service="user"} 2',
      'auth_verifications_total{token="service",outcome="invalid_service_token",service="user"} 1',
      calls('operation="user:contacts.read",caller="order",decision="allow",reason="none"', 2),
      calls('operation="user:contacts.read",caller="unknown",decision="deny",reason="signature"', 1),
      calls('operation="unmatched",caller="unknown",decision="deny",reason="not_an_operation"', 1),
    ]);
  });

  it('measures the time from the start of the request', async () => {
    const { log, lines } = memoryLog();
    const audit = auditCalls({ log, metrics: createMetrics({ service: 'user' }) });
    const app = express().use(requestContext(), (req, res) => {
      const work = performance.now() + 20;
      while (performance.now() < work);
      audit(allow, req);
      res.end();
    });
    const sent = performance.now();
    await request(app).get('/');
    const [line] = lines() as [{ audit: { ms: number } }];
    expect(line.audit.ms).toBeGreaterThanOrEqual(20);
    expect(line.audit.ms).toBeLessThan(performance.now() - sent);
  });
});

const key = (text: string) => createSecretKey(text, 'utf8');

describe('createUserHash', () => {
  it('returns the start of HMAC-SHA-256 in base64url (RFC 4231, test case 2)', () => {
    const hashUser = createUserHash(key('Jefe'));
    const whole = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex');
    expect(hashUser('what do ya want for nothing?')).toBe(whole.toString('base64url').slice(0, 22));
  });

  it('returns one hash per user and key', () => {
    const [one, other] = [createUserHash(key('a'.repeat(32))), createUserHash(key('b'.repeat(32)))];
    expect(one('ada')).toBe(one('ada'));
    expect(new Set([one('ada'), one('grace'), other('ada')]).size).toBe(3);
  });
});
