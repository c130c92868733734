import { jwksFreshSeconds, jwksStaleSeconds } from '@auth/verify/times';
import * as z from 'zod';
import { wholeNumber } from './whole-number.ts';

/** The settings of a service that verifies access tokens and does not sign them, beside `ServerSettings`. */
export const JwksSettings = {
  AUTH_JWKS_URL: z
    .string()
    .refine(isJwksUrl, { error: 'is not an http(s) URL without user, password and fragment' })
    .optional()
    .meta({
      description:
        'The URL of the public keys of the issuer, such as `https://auth.example.com/.well-known/jwks.json`. Without it, the keys in the key document are used.',
      details:
        'It must be https in production, unless it is on this machine. The keys are fetched in the background; until the first answer the service is not ready and answers 503.',
    }),
  AUTH_JWKS_FRESH_SECONDS: wholeNumber({ min: 1, max: 86_400 })
    .default(jwksFreshSeconds)
    .meta({ description: 'How long keys from `AUTH_JWKS_URL` are used before they are fetched again, in seconds.' }),
  AUTH_JWKS_STALE_SECONDS: wholeNumber({ min: 1, max: 604_800 }).default(jwksStaleSeconds).meta({
    description:
      'How long keys from `AUTH_JWKS_URL` are trusted while the issuer cannot be reached, in seconds; at least `AUTH_JWKS_FRESH_SECONDS`.',
    details: 'A key that is revoked in this time is accepted until then.',
  }),
};

function isJwksUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${hash}` === '';
}
