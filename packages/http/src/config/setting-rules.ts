import type * as z from 'zod';
import { adminPortProblem } from './listen-settings.ts';

interface KeySettings {
  readonly NODE_ENV: string;
  readonly PORT?: number;
  readonly ADMIN_PORT?: number | undefined;
  readonly REPLICAS?: number | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly AUTH_KEYS?: string | undefined;
  readonly AUTH_KEYS_FILE?: string | undefined;
  readonly AUTH_JWKS_URL?: string | undefined;
  readonly AUTH_JWKS_FRESH_SECONDS?: number;
  readonly AUTH_JWKS_STALE_SECONDS?: number;
  readonly REVOCATIONS?: string | undefined;
  readonly DATABASE_URL?: string;
  readonly DATABASE_POOLER?: string;
  readonly DATABASE_DIRECT_URL?: string | undefined;
}

/**
 * Adds the rules between several settings. `takesCalls`: whether other services call this one, with single-use tokens.
 */
export function withKeyRules<S extends z.ZodType<KeySettings>>(schema: S, { takesCalls = true } = {}): S {
  // Rules also run when other settings are wrong, so that all errors are reported at once.
  const when = () => true;
  return schema
    .refine((settings) => adminPortProblem(settings) === undefined, {
      path: ['ADMIN_PORT'],
      error: ({ input }) => adminPortProblem(Object(input)),
      when,
    })
    .refine((settings) => (settings.AUTH_KEYS === undefined) !== (settings.AUTH_KEYS_FILE === undefined), {
      path: ['AUTH_KEYS'],
      error: 'or AUTH_KEYS_FILE must be set, and not both',
      when,
    })
    .refine(({ NODE_ENV, AUTH_JWKS_URL }) => NODE_ENV !== 'production' || !isPlainHttp(AUTH_JWKS_URL), {
      path: ['AUTH_JWKS_URL'],
      error: 'must be https in production: over http an attacker could replace the keys and sign for every user',
      when,
    })
    .refine(({ NODE_ENV, REVOCATIONS }) => NODE_ENV !== 'production' || REVOCATIONS !== undefined, {
      path: ['REVOCATIONS'],
      error: 'must be set in production: without it an access token stays valid after a logout',
      when,
    })
    .refine(
      ({ NODE_ENV, REPLICAS, REDIS_URL }) =>
        NODE_ENV !== 'production' || REPLICAS !== undefined || !takesCalls || REDIS_URL,
      {
        path: ['REPLICAS'],
        error:
          'is required in production without REDIS_URL: a second process would accept the same service token again',
        when,
      },
    )
    .refine(
      ({ NODE_ENV, REPLICAS = 1, REDIS_URL }) =>
        NODE_ENV !== 'production' || REPLICAS === 1 || !takesCalls || REDIS_URL,
      {
        path: ['REDIS_URL'],
        error:
          'must be set for more than one of REPLICAS: without it each replica would accept the same service token once',
        when,
      },
    )
    .refine((settings) => (settings.AUTH_JWKS_STALE_SECONDS ?? 1) >= (settings.AUTH_JWKS_FRESH_SECONDS ?? 1), {
      path: ['AUTH_JWKS_STALE_SECONDS'],
      error: 'must be AUTH_JWKS_FRESH_SECONDS or more',
      when,
    })
    .refine(
      ({ DATABASE_URL, DATABASE_POOLER = 'none', DATABASE_DIRECT_URL }) =>
        DATABASE_POOLER === 'none' || DATABASE_DIRECT_URL === undefined || DATABASE_DIRECT_URL !== DATABASE_URL,
      {
        path: ['DATABASE_DIRECT_URL'],
        error: 'is the URL of the pooler: set the URL of the database itself, or leave it out',
        when,
      },
    );
}

/** Whether a URL is plain HTTP to another machine. On this machine, nothing on the way can change an answer. */
function isPlainHttp(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
