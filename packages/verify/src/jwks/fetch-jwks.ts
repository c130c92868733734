import { KeyMaterialError } from '../key-material.ts';
import { type IgnoredKey, type KeyRules, type PublicKeys, parseJwks } from '../public-keys.ts';
import { fetchJson, type JsonRequest } from './fetch-json.ts';
import { JwksFetchError } from './jwks-fetch-error.ts';

export interface JwksRequest extends Omit<JsonRequest, 'mediaTypes'> {
  /** What the keys must have. */
  readonly profile: KeyRules;
}

/** Loaded keys with their ETag, or `unchanged`: the current keys are still the issuer's. */
export type JwksAnswer =
  | {
      readonly outcome: 'loaded';
      readonly keys: PublicKeys;
      readonly ignored: readonly IgnoredKey[];
      readonly etag: string | undefined;
    }
  | { readonly outcome: 'unchanged' };

const mediaTypes = ['application/jwk-set+json', 'application/json'];

/**
 * Fetches a JWK Set once. Nothing in the answer is trusted: every key is checked.
 *
 * @throws JwksFetchError and nothing else
 */
export async function fetchJwks({ profile, ...request }: JwksRequest): Promise<JwksAnswer> {
  const answer = await fetchJson({ ...request, mediaTypes });
  if (answer.outcome === 'unchanged') return answer;
  const ignored: IgnoredKey[] = [];
  try {
    const keys = parseJwks(answer.json, { profile, onIgnored: (key) => ignored.push(key) });
    return { outcome: 'loaded', keys, ignored, etag: answer.etag };
  } catch (cause) {
    // The message of a key error names only the member.
    if (cause instanceof KeyMaterialError) throw new JwksFetchError('malformed', cause.message);
    throw cause;
  }
}
