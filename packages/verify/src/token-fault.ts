import type { RefusalReason } from './auth-error.ts';

/** What a token must say. */
export interface ExpectedToken {
  readonly issuer: string;
  readonly audience: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly clockToleranceSeconds: number;
}

/**
 * What is wrong with the time, the audience or the issuer of a signed token, in that order, also where its payload is of no
 * good shape; `undefined` when nothing is. Says nothing of `iat` and of how long a token lives, and requires no `exp`.
 */
export function faultOf(payload: unknown, expected: ExpectedToken): RefusalReason | undefined {
  const { nbf, exp, aud, iss } = Object(payload) as Readonly<Record<string, unknown>>;
  const { issuer, audience, time, clockToleranceSeconds } = expected;
  if (nbf !== undefined && typeof nbf !== 'number') return 'claims';
  if (nbf !== undefined && nbf > time + clockToleranceSeconds) return 'not_yet_valid';
  if (exp !== undefined && typeof exp !== 'number') return 'claims';
  if (exp !== undefined && exp <= time - clockToleranceSeconds) return 'expired';
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) return 'audience';
  return iss === issuer ? undefined : 'issuer';
}
