import { describe, expect, it } from '@jest/globals';
import express from 'express';
import supertest from 'supertest';
import { AuthError } from '../auth-error.ts';
import { type AuthErrorCode, authErrors } from '../problems.ts';
import { refusalOf, refusals } from './index.ts';

const codes = Object.keys(authErrors) as AuthErrorCode[];

/** Returns the answer to an error of an application with `refusals()` at its end. */
function answerTo(error: unknown) {
  const app = express().set('env', 'test');
  app.use(() => {
    throw error;
  });
  app.use(refusals());
  return supertest(app).get('/');
}

const invalid = (detail: string) => `Bearer realm="api", error="invalid_token", error_description="${detail}"`;

describe('refusals', () => {
  it.each(codes)('answers %s as a problem that is not stored and keeps its reason', async (code) => {
    const answer = await answerTo(new AuthError(code, 'kid_unknown', { cause: new Error('the cause') }));
    const { status, title, detail } = authErrors[code];
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.parse(answer.text)).toEqual({ type: `urn:problem:${code}`, title, status, detail, code });
    expect(answer.text).not.toMatch(/kid_unknown|the cause/);
  });

  it.each([
    ['missing_token', 'Bearer realm="api"'],
    ['invalid_token', invalid('The access token is not valid here.')],
    ['token_expired', invalid('The access token has expired: refresh it or log in again.')],
    ['token_revoked', invalid('The session of this access token has ended: log in again.')],
    ['insufficient_scope', 'Bearer realm="api", error="insufficient_scope", scope="order:read"'],
    ['invalid_service_token', undefined],
    ['caller_not_allowed', undefined],
    ['unavailable', undefined],
  ] as [AuthErrorCode, string | undefined][])('challenges after %s with %s', async (code, challenge) => {
    const answer = await answerTo(new AuthError(code, 'scope', { scope: 'order:read' }));
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });

  it('has no scope when it is unknown', () => {
    const challenge = refusalOf(new AuthError('insufficient_scope', 'scope'))?.headers;
    expect(challenge).toEqual({ 'WWW-Authenticate': 'Bearer realm="api", error="insufficient_scope"' });
  });

  it('has no header for an error that neither another token nor a retry fixes', () => {
    expect(refusalOf(new AuthError('caller_not_allowed', 'caller'))?.headers).toEqual({});
  });

  it('adds a challenge to every 401', () => {
    for (const code of codes.filter((name) => authErrors[name].status === 401)) {
      expect(refusalOf(new AuthError(code, 'absent'))?.headers['WWW-Authenticate']).toMatch(/^Bearer realm="api"/);
    }
  });

  it.each(['store_full', 'keys_unavailable'] as const)('adds Retry-After to unavailable: %s', async (reason) => {
    const answer = await answerTo(new AuthError('unavailable', reason));
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('passes every other error on', async () => {
    const other = Object.assign(new Error('other'), { name: 'AuthError', code: 'invalid_token', status: 418 });
    const answer = await answerTo(other);
    expect(answer.headers['content-type']).not.toContain('problem+json');
    expect(refusalOf(other)).toBeUndefined();
    expect(refusalOf(undefined)).toBeUndefined();
  });

  it('passes on a refusal when the answer has begun', async () => {
    const app = express();
    let passedOn: unknown;
    app.use((_req, res) => {
      res.write('begun');
      throw new AuthError('invalid_token', 'signature');
    });
    app.use(refusals());
    app.use(((error, _req, res, _next) => {
      passedOn = error;
      res.end();
    }) satisfies express.ErrorRequestHandler);
    const answer = await supertest(app).get('/');
    expect(answer.text).toBe('begun');
    expect(passedOn).toBeInstanceOf(AuthError);
  });

  it('keeps the reason in the fields, for the log', () => {
    expect(refusalOf(new AuthError('invalid_token', 'kid_unknown'))).toMatchObject({
      reason: 'kid_unknown',
      status: 401,
    });
  });
});
