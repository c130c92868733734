import type { RouteDoc } from '@auth/http';
import * as z from 'zod';
import { OwnUser } from './openapi-account.ts';
import { Login, Logout, Refresh, Register } from './sessions/auth-routes.ts';
import { SessionsQuery, Sid } from './sessions/session-routes.ts';

const Tokens = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    refresh_token: z.string().meta({ description: 'Good for one exchange.' }),
    scope: z.string(),
  })
  .meta({ id: 'Tokens' });
const SessionList = z
  .strictObject({
    items: z.array(
      z.strictObject({
        sid: z.uuid(),
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime(),
        expiresAt: z.iso.datetime(),
        userAgent: z.string().nullable(),
        addressPrefix: z.string().nullable(),
        current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
        endedAt: z.iso.datetime().optional(),
        endReason: z.literal('reuse').optional().meta({
          description: 'A used refresh token came again, so the session was ended: somebody else may have had it.',
        }),
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'Sessions' });
const Accepted = z.strictObject({ status: z.literal('accepted') }).meta({ id: 'Accepted' });
const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }).meta({ id: 'Jwks' });
const Metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() }).meta({ id: 'Metadata' });
const cached = { 'Cache-Control': 'How long it may be kept.' };

/** Registering and logging in, and what verifiers need to know: open to anyone. */
export const authDocs: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/auth/register',
    summary: 'Make an account',
    scope: 'none',
    body: Register,
    example: { email: 'grace@example.com', password: 'nanosecond-wire-30cm', name: 'Grace' },
    answer: { status: 201, description: 'The user.', schema: OwnUser, headers: { Location: '/users/me' } },
    otherAnswer: {
      status: 202,
      description: 'With REGISTRATION=neutral, whether or not the e-mail had an account.',
      schema: Accepted,
    },
    problems: ['conflict', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/auth/login',
    summary: 'Log in',
    scope: 'none',
    body: Login,
    example: { email: 'ada@example.com', password: 'analytical-engine-1843' },
    answer: { status: 200, description: 'Tokens.', schema: Tokens },
    problems: ['invalid_credentials', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/auth/refresh',
    summary: 'Exchange a refresh token',
    scope: 'none',
    body: Refresh,
    answer: { status: 200, description: 'Tokens; the old refresh token is used up.', schema: Tokens },
    problems: ['invalid_refresh_token', 'rate_limited'],
  },
  {
    method: 'post',
    path: '/auth/logout',
    summary: 'End a session',
    scope: 'none',
    body: Logout,
    answer: { status: 204, description: 'It has ended, if there was one.' },
  },
  {
    method: 'post',
    path: '/auth/logout-all',
    summary: 'End all your sessions',
    scope: 'account',
    answer: { status: 204, description: 'They have ended, this one as well.' },
  },
  {
    method: 'get',
    path: '/auth/sessions',
    summary: 'List where you are logged in',
    scope: 'account',
    query: SessionsQuery,
    answer: { status: 200, description: 'Newest first.', schema: SessionList, headers: { Link: 'The next page.' } },
  },
  {
    method: 'delete',
    path: '/auth/sessions/:sid',
    summary: 'End one of your sessions',
    scope: 'account',
    params: Sid,
    answer: { status: 204, description: 'It has ended.' },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    summary: 'The public keys',
    scope: 'none',
    answer: {
      status: 200,
      description: 'A JWK Set (RFC 7517).',
      schema: Jwks,
      mediaType: 'application/jwk-set+json',
      headers: { ...cached, ETag: 'For If-None-Match.' },
      revalidated: true,
    },
  },
  {
    method: 'get',
    path: '/.well-known/oauth-authorization-server',
    summary: 'The issuer',
    scope: 'none',
    answer: { status: 200, description: 'Metadata (RFC 8414).', schema: Metadata, headers: cached },
  },
];
