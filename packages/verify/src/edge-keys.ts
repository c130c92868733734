import { createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { isCanonicalBase64url } from './base64url.ts';
import { KeyMaterialError, parseMember } from './key-material.ts';
import { activeKeyOf, KeyState } from './key-state.ts';

/** A key that verifies the calls of one caller. */
export interface InboundKey {
  readonly kid: string;
  readonly caller: string;
  readonly key: KeyObject;
}
/** A key that signs calls to one callee. */
export interface OutboundKey {
  readonly kid: string;
  readonly key: KeyObject;
}
export type InboundKeys = ReadonlyMap<string, InboundKey>;
export type OutboundKeys = ReadonlyMap<string, OutboundKey>;

/** A service's name, as in `iss`, `aud` and key documents. */
export const ServiceName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must match ^[a-z][a-z0-9-]{0,31}$');

/** One secret of one edge (caller to callee): 256 random bits or more, base64url. */
export const EdgeKey = z.strictObject({
  kid: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'must match ^[a-z0-9][a-z0-9.-]{0,63}$'),
  secret: z.string().superRefine((secret, context) => {
    const problem = secretProblem(secret);
    if (problem !== undefined) context.addIssue(problem);
  }),
  state: KeyState,
});
export type EdgeKey = z.output<typeof EdgeKey>;

/** Keys by the service at the other end of the edge: the `calls` and `accepts` members of a key document. */
export const EdgeKeys = z.record(ServiceName, z.array(EdgeKey).min(1, 'must hold at least one key'));
export type EdgeKeys = z.output<typeof EdgeKeys>;

/**
 * Returns what is wrong with a secret, or `undefined`. 32 random bytes have about 30 distinct values; fewer than 16
 * mean a pattern, not chance.
 */
export function secretProblem(secret: string): string | undefined {
  if (!isCanonicalBase64url(secret)) return 'must be base64url without padding';
  const bytes = Buffer.from(secret, 'base64url');
  if (bytes.length < 32) return 'must be 32 random bytes or more';
  if (new Set(bytes).size < 16) return 'must be random: it repeats itself';
  return undefined;
}

/**
 * Parses `accepts` and returns the keys of all callers by key id. Keys of every state verify.
 *
 * @throws KeyMaterialError naming the member
 */
export function parseAccepts(input: unknown): InboundKeys {
  const keys = new Map<string, InboundKey>();
  for (const [caller, entries] of Object.entries(parseEdges(input, 'accepts'))) {
    for (const { kid, secret } of entries) keys.set(kid, { kid, caller, key: secretKey(secret) });
  }
  return keys;
}

/**
 * Parses `calls` and returns the `active` key of each callee.
 *
 * @throws KeyMaterialError naming the member
 */
export function parseCalls(input: unknown): OutboundKeys {
  const keys = new Map<string, OutboundKey>();
  for (const [callee, entries] of Object.entries(parseEdges(input, 'calls'))) {
    const { kid, secret } = activeKeyOf(entries, `calls.${callee}`);
    keys.set(callee, { kid, key: secretKey(secret) });
  }
  return keys;
}

function parseEdges(input: unknown, at: string): EdgeKeys {
  const edges = parseMember(EdgeKeys, input, at);
  const seen = new Map<string, string>();
  for (const [service, entries] of Object.entries(edges)) {
    entries.forEach(({ kid, secret }, index) => {
      const member = `${at}.${service}[${index}]`;
      if (seen.has(kid)) throw new KeyMaterialError(`${member}.kid`, `is used by ${seen.get(kid)} as well`);
      if (seen.has(secret))
        throw new KeyMaterialError(`${member}.secret`, `is the secret of ${seen.get(secret)} as well`);
      seen.set(kid, member).set(secret, member);
    });
  }
  return edges;
}

function secretKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'base64url'));
}
