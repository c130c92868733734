import { createHash } from 'node:crypto';
import { createRouter } from '@auth/http';
import { jwksStaleSeconds } from '@auth/verify/times';
import type { Router } from 'express';

export interface Discovery {
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** The public keys as they are now. */
  readonly jwks: () => { readonly keys: readonly object[] };
  /** How long verifiers may go on with the public keys that they have. */
  readonly jwksMaxAgeSeconds: number;
  readonly scopes: readonly string[];
}

const jwksPath = '/.well-known/jwks.json';
const metadataPath = '/.well-known/oauth-authorization-server';

/** How long a cache may go on with public keys beyond their age while it asks for new ones (RFC 5861 §3). */
function staleSeconds(maxAgeSeconds: number): number {
  return Math.min(60, maxAgeSeconds);
}

/** How long after a change a cache may still hold the public keys from before it. */
export function oldestJwksSeconds(maxAgeSeconds: number): number {
  return maxAgeSeconds + staleSeconds(maxAgeSeconds);
}

/**
 * The metadata that verifiers need when they know only the issuer: the public keys (RFC 7517) and their URL (RFC 8414).
 * Served at the root, and for an issuer with a path also as in RFC 8414 §3, so that a proxy may forward paths unchanged.
 */
export function discoveryRoutes({ issuer, jwks, jwksMaxAgeSeconds, scopes }: Discovery): Router {
  const { origin, pathname } = new URL(issuer);
  // RFC 8414 §3.1: without the slash at its end.
  const issuerPath = pathname.replace(/\/+$/, '');
  const aliases = new Map([
    [`${issuerPath}${jwksPath}`, jwksPath],
    [`${metadataPath}${issuerPath}`, metadataPath],
  ]);
  const cacheControl = [
    'public',
    `max-age=${jwksMaxAgeSeconds}`,
    `stale-while-revalidate=${staleSeconds(jwksMaxAgeSeconds)}`,
    `stale-if-error=${jwksStaleSeconds}`,
  ].join(', ');
  const router = createRouter();

  router.use((req, _res, next) => {
    const alias = aliases.get(req.path);
    if (alias !== undefined) req.url = `${alias}${req.url.slice(req.path.length)}`;
    next();
  });

  router.get(jwksPath, (_req, res) => {
    const body = JSON.stringify(jwks());
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    // `send` answers 304 by itself when If-None-Match names this ETag.
    res.set({ 'Cache-Control': cacheControl, ETag: etag }).type('application/jwk-set+json').send(body);
  });

  // Only members that are true: there is no OAuth authorization or token endpoint here.
  router.get(metadataPath, (_req, res) => {
    res.set('Cache-Control', cacheControl).json({
      issuer,
      jwks_uri: `${origin}${issuerPath}${jwksPath}`,
      scopes_supported: scopes,
      response_types_supported: [],
    });
  });

  return router;
}
