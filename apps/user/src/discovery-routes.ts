import { createHash } from 'node:crypto';
import { createRouter } from '@auth/http';
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

/** How long a cache may go on with public keys beyond their age while it asks for new ones (RFC 5861 §3). */
function staleSeconds(maxAgeSeconds: number): number {
  return Math.min(60, maxAgeSeconds);
}

/** How long after a change somebody may still hold the public keys from before it. */
export function oldestJwksSeconds(maxAgeSeconds: number): number {
  return maxAgeSeconds + staleSeconds(maxAgeSeconds);
}

/** What verifiers that know nothing of us need: the public keys (RFC 7517) and where they are (RFC 8414). */
export function discoveryRoutes({ issuer, jwks, jwksMaxAgeSeconds, scopes }: Discovery): Router {
  const cacheControl = [
    'public',
    `max-age=${jwksMaxAgeSeconds}`,
    `stale-while-revalidate=${staleSeconds(jwksMaxAgeSeconds)}`,
    'stale-if-error=86400',
  ].join(', ');
  const router = createRouter();

  router.get(jwksPath, (_req, res) => {
    const body = JSON.stringify(jwks());
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    // `send` answers 304 by itself when If-None-Match names this ETag.
    res.set({ 'Cache-Control': cacheControl, ETag: etag }).type('application/jwk-set+json').send(body);
  });

  // Only members that are true: there is no OAuth authorization or token endpoint here.
  router.get('/.well-known/oauth-authorization-server', (_req, res) => {
    res.set('Cache-Control', cacheControl).json({
      issuer,
      jwks_uri: new URL(jwksPath, issuer).href,
      scopes_supported: scopes,
      response_types_supported: [],
    });
  });

  return router;
}
