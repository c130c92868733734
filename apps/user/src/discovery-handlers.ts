import { createHash } from 'node:crypto';
import type { RouteHandlers } from '@auth/http';
import { jwksStaleSeconds } from '@auth/verify/times';
import type { RequestHandler } from 'express';
import type { discoveryRoutes } from './discovery-routes.ts';

export interface Discovery {
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** Returns the current public keys. */
  readonly jwks: () => { readonly keys: readonly { readonly kty: string; readonly kid: string }[] };
  /** How long verifiers may cache the public keys. */
  readonly jwksMaxAgeSeconds: number;
  readonly scopes: readonly string[];
}

const jwksPath = '/.well-known/jwks.json';
const metadataPath = '/.well-known/oauth-authorization-server';

/** Returns how long a cache may use expired public keys while it requests new ones (RFC 5861 §3). */
function staleSeconds(maxAgeSeconds: number): number {
  return Math.min(60, maxAgeSeconds);
}

/** Returns how long after a change a cache may still use the former public keys. */
export function oldestJwksSeconds(maxAgeSeconds: number): number {
  return maxAgeSeconds + staleSeconds(maxAgeSeconds);
}

/** Splits the URL of an issuer. The path has no slash at the end (RFC 8414 §3.1). */
function partsOf(issuer: string): { readonly origin: string; readonly path: string } {
  const { origin, pathname } = new URL(issuer);
  return { origin, path: pathname.replace(/\/+$/, '') };
}

/**
 * Creates the middleware that also serves the metadata and the keys at the paths of RFC 8414 §3 for an issuer with a path,
 * so that a proxy may forward paths unchanged.
 */
export function discoveryAliases(issuer: string): RequestHandler {
  const { path } = partsOf(issuer);
  const aliases = new Map([
    [`${path}${jwksPath}`, jwksPath],
    [`${metadataPath}${path}`, metadataPath],
  ]);
  return (req, _res, next) => {
    const alias = aliases.get(req.path);
    if (alias !== undefined) req.url = `${alias}${req.url.slice(req.path.length)}`;
    next();
  };
}

/** Creates the handlers of the metadata and the keys. */
export function discoveryHandlers({
  issuer,
  jwks,
  jwksMaxAgeSeconds,
  scopes,
}: Discovery): RouteHandlers<typeof discoveryRoutes> {
  const { origin, path } = partsOf(issuer);
  const cacheControl = [
    'public',
    `max-age=${jwksMaxAgeSeconds}`,
    `stale-while-revalidate=${staleSeconds(jwksMaxAgeSeconds)}`,
    `stale-if-error=${jwksStaleSeconds}`,
  ].join(', ');
  // Members of OAuth endpoints are absent, since there is no authorization or token endpoint.
  const metadata = {
    issuer,
    jwks_uri: `${origin}${path}${jwksPath}`,
    scopes_supported: scopes,
    response_types_supported: [],
  };
  return {
    'GET /.well-known/jwks.json'() {
      const { keys } = jwks();
      const ETag = `"${createHash('sha256').update(JSON.stringify({ keys })).digest('base64url')}"`;
      return { body: { keys }, headers: { 'Cache-Control': cacheControl, ETag } };
    },
    'GET /.well-known/oauth-authorization-server': () => ({
      body: metadata,
      headers: { 'Cache-Control': cacheControl },
    }),
  };
}
