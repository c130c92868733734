import { issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import type { KeyState } from '@auth/verify';
import { maxAccessTokenSeconds } from '@auth/verify/times';
import type { Folder } from './folder.ts';
import type { Gate, Need } from './gate.ts';

/** The members that a key of every kind has. */
export interface AnyKey {
  readonly kid: string;
  readonly state: KeyState;
}

/** The keys of one kind as the documents of a folder hold them. */
export interface HeldKeys<Key> {
  /** The keys that every document holds when an interrupted step is complete. */
  readonly keys: readonly Key[];
  /** Ids of keys whose removal was interrupted; `keys` is without them. */
  readonly halfRemoved: readonly string[];
  /** A fault that no step can complete, with the repair. */
  readonly problem: string | undefined;
}

/** Adding: verifiers get a key before the signer. Removing: the signer loses it before the verifiers. */
export type Order = 'adding' | 'removing';

/** The adapter for one kind of key. It holds all that the planner does not know: where keys are and what must be waited for. */
export interface KeyKind<Key extends AnyKey> {
  /** The rotation as commands name it: `signing`, `sessions`, `edge order product`. */
  readonly name: string;
  /** The use of the active key, for reports: `order signs`. */
  readonly use: string;
  /** Where a new key is published, for reports: `at both ends`. */
  readonly place: string;
  /** Advice for operators: when to take the step after the first one, and after the second one. */
  readonly next: { readonly published: string; readonly switched: string };
  /** Makes a new key, which is pending. */
  make(): Promise<Key>;
  /** @throws KeyCommandError when a document is missing, or there are no such keys */
  read(folder: Folder): HeldKeys<Key>;
  /** The documents with these keys in place of those that they hold, in the order in which they must be written. */
  documents(folder: Folder, keys: readonly Key[], order: Order): readonly KeyDocument[];
  /** Needs before a new key is published: none unless given. */
  readonly beforePublication?: (folder: Folder) => readonly Need[];
  /** Needs before a pending key becomes the active one. */
  beforeUse(kid: string, folder: Folder, setting: Gate['setting']): readonly Need[];
  /** Needs before the keys that were active before `kid` are removed. */
  beforeRemoval(kid: string, setting: Gate['setting']): readonly Need[];
}

/** The longest life of an access token in seconds: the longest that is allowed, unless the issuer reports its own. */
export function accessTokenLife(setting: Gate['setting']): number {
  return setting(issuerService, 'accessTokenSeconds') ?? maxAccessTokenSeconds;
}
