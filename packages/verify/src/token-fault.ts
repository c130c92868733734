import type { RefusalReason } from './auth-error.ts';

/** The expected issuer and audience of a token, and the time of the check. */
export interface ExpectedToken {
  readonly issuer: string;
  readonly audience: string;
  /** The claim that says whom the token is for: `aud` (RFC 7519 §4.1.3) for most issuers. */
  readonly audienceClaim: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly clockToleranceSeconds: number;
}

/**
 * Returns what is wrong with the times, the audience or the issuer of a signed token, in that order; `undefined` when
 * nothing is. Accepts a payload of any shape. Does not check `iat` or the lifetime, and requires no `exp`.
 */
export function faultOf(payload: unknown, expected: ExpectedToken): RefusalReason | undefined {
  const claims = Object(payload) as Readonly<Record<string, unknown>>;
  const { nbf, exp, iss } = claims;
  const aud = claims[expected.audienceClaim];
  const { issuer, audience, time, clockToleranceSeconds } = expected;
  if (nbf !== undefined && typeof nbf !== 'number') return 'claims';
  if (nbf !== undefined && nbf > time + clockToleranceSeconds) return 'not_yet_valid';
  if (exp !== undefined && typeof exp !== 'number') return 'claims';
  if (exp !== undefined && exp <= time - clockToleranceSeconds) return 'expired';
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) return 'audience';
  return iss === issuer ? undefined : 'issuer';
}
