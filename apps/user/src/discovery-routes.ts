import { defineRoutes } from '@auth/http';
import * as z from 'zod';

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }).meta({ id: 'Jwks' });
const Metadata = z.looseObject({ issuer: z.string(), jwks_uri: z.string() }).meta({ id: 'Metadata' });
const cached = { 'Cache-Control': 'How long the answer may be cached.' } as const;

/** The routes where verifiers find the public keys (RFC 7517) and their URL (RFC 8414). */
export const discoveryRoutes = defineRoutes({
  'GET /.well-known/jwks.json': {
    who: 'anyone',
    summary: 'The public keys',
    answer: {
      status: 200,
      description: 'A JWK Set (RFC 7517).',
      schema: Jwks,
      mediaType: 'application/jwk-set+json',
      headers: { ...cached, ETag: 'For If-None-Match.' },
      revalidated: true,
    },
  },
  'GET /.well-known/oauth-authorization-server': {
    who: 'anyone',
    summary: 'The issuer',
    answer: { status: 200, description: 'Metadata (RFC 8414).', schema: Metadata, headers: cached },
  },
});
