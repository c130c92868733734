import type { EdgeKeys } from '@auth/verify';
import type { SessionSecret } from './session-key.ts';
import type { SigningJwk } from './signing-key.ts';

/** One key of a document, without the key: what a service may tell of what it holds. */
export interface LoadedKey {
  readonly kid: string;
  /** Where in the document: `signing`, `issuer.jwks`, `accepts.order`, `calls.product`, `sessionKeys`. */
  readonly member: string;
  /** Of an edge or session key `pending`, `active` or `retiring`, of a signing key `next`, `active` or `retired`, else `public`. */
  readonly state: string;
}

interface Document {
  readonly issuer: { readonly jwks?: { readonly keys: readonly { readonly kid: string }[] } | undefined };
  readonly signing?: readonly Pick<SigningJwk, 'kid' | 'state'>[] | undefined;
  readonly calls: EdgeKeys;
  readonly accepts: EdgeKeys;
  readonly sessionKeys?: readonly Pick<SessionSecret, 'kid' | 'state'>[] | undefined;
}

/** Every key of a document with its place and state. */
export function loadedKeys({ issuer, signing = [], calls, accepts, sessionKeys = [] }: Document): readonly LoadedKey[] {
  return [
    ...signing.map(({ kid, state }) => ({ kid, member: 'signing', state })),
    ...(issuer.jwks?.keys ?? []).map(({ kid }) => ({ kid, member: 'issuer.jwks', state: 'public' })),
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
