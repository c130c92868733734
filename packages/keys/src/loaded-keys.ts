import type { EdgeKeys, KeyState } from '@auth/verify';
import type { SessionSecret } from './session-key.ts';
import type { SigningJwk } from './signing-key.ts';

/** One key of a document without its secret, which reports, logs and metrics may show. */
export interface LoadedKey {
  readonly kid: string;
  /** Where in the document: `signing`, `issuer.jwks`, `accepts.order`, `calls.product`, `sessionKeys`. */
  readonly member: string;
  /** `public` for a copy of a public key, whose state is in the document of the issuer. */
  readonly state: KeyState | 'public';
}

interface Document {
  readonly issuer: { readonly jwks?: { readonly keys: readonly { readonly kid: string }[] } | undefined };
  readonly signing?: readonly Pick<SigningJwk, 'kid' | 'state'>[] | undefined;
  readonly calls: EdgeKeys;
  readonly accepts: EdgeKeys;
  readonly sessionKeys?: readonly Pick<SessionSecret, 'kid' | 'state'>[] | undefined;
}

/** Lists every key of a document with its member and state. */
export function loadedKeys({ issuer, signing = [], calls, accepts, sessionKeys = [] }: Document): readonly LoadedKey[] {
  return [
    ...signing.map(({ kid, state }) => ({ kid, member: 'signing', state })),
    ...(issuer.jwks?.keys ?? []).map(({ kid }) => ({ kid, member: 'issuer.jwks', state: 'public' as const })),
    ...edgeKeys('accepts', accepts),
    ...edgeKeys('calls', calls),
    ...sessionKeys.map(({ kid, state }) => ({ kid, member: 'sessionKeys', state })),
  ];
}

function edgeKeys(member: string, edges: EdgeKeys): LoadedKey[] {
  return Object.entries(edges).flatMap(([other, keys]) =>
    keys.map(({ kid, state }) => ({ kid, member: `${member}.${other}`, state })),
  );
}
