import * as z from 'zod';

/** The size limit (in characters), `typ` and algorithm of a service token. */
export const serviceTokenMaxLength = 2048;
export const serviceTokenType = 'service+jwt';
export const serviceTokenAlgorithm = 'HS256';
/** A header of a 503: the caller may retry at once with a token whose `iat` is later than this second. */
export const issuedAfterHeader = 'Service-Token-After';

const seconds = z.int().positive();
const sha256 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** The claims of a service token. A token with any other claim is rejected. */
export const ServiceTokenClaims = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  iat: seconds,
  exp: seconds,
  jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  scope: z.string(),
  htm: z.string(),
  htu: z.string(),
  htd: sha256,
  ath: sha256.optional(),
});
export type ServiceTokenClaims = z.output<typeof ServiceTokenClaims>;
