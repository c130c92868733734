import { describe, expect, it } from '@jest/globals';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import express from 'express';
import supertest from 'supertest';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import { refusalOf, refuseServiceToken, requireScope, requireUser } from './index.ts';

const { issuer, verifier } = setUpAccessTokens();
const token = issuer.token({ scope: 'order:read' });

/** The reasons a log would hold after one request. */
async function reasonsOf(guards: readonly RequestHandler[], headers: Record<string, string>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const logged: ErrorRequestHandler = (error, _req, res, _next) => {
    reasons.push(refusalOf(error)?.reason);
    res.end();
  };
  await supertest(express().use(...guards, logged))
    .get('/')
    .set(headers);
  return reasons;
}

describe('the reason of a refusal, for the log', () => {
  const user = [requireUser(verifier), requireScope('order:write')];
  it.each([
    ['no access token', user, {}, 'absent'],
    ['half an Authorization header', user, { Authorization: 'Bearer ' }, 'malformed'],
    ['an access token without the scope', user, { Authorization: `Bearer ${token}` }, 'scope'],
    ['a service token on a public route', [refuseServiceToken()], { 'Service-Token': 'x' }, 'not_an_operation'],
  ] as [string, RequestHandler[], Record<string, string>, string][])('after %s is known', async (...refused) => {
    const [, guards, headers, reason] = refused;
    expect(await reasonsOf(guards, headers)).toEqual([reason]);
  });
});
