import type { RefusalReason } from './auth-error.ts';

/** What a token must say. */
export interface ExpectedToken {
  readonly caller: string;
  readonly service: string;
  readonly time: number;
  readonly clockToleranceSeconds: number;
}

/**
 * What is wrong with the time, the audience or the issuer of a signed token, in that order, also where its claims are of no
 * good shape; `undefined` when nothing is. Says nothing of `iat` and of how long a token lives.
 */
export function faultOf(claims: Readonly<Record<string, unknown>>, expected: ExpectedToken): RefusalReason | undefined {
  const { nbf, exp, aud, iss } = claims;
  const { caller, service, time, clockToleranceSeconds } = expected;
  if (nbf !== undefined && typeof nbf !== 'number') return 'claims';
  if (nbf !== undefined && nbf > time + clockToleranceSeconds) return 'not_yet_valid';
  if (exp !== undefined && typeof exp !== 'number') return 'claims';
  if (exp !== undefined && exp <= time - clockToleranceSeconds) return 'expired';
  if (aud !== service && !(Array.isArray(aud) && aud.includes(service))) return 'audience';
  return iss === caller ? undefined : 'issuer';
}
