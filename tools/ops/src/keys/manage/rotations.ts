import { gateway } from '@auth/contracts';
import { loadedKeys } from '@auth/keys/loaded-keys';
import type { SessionSecret } from '@auth/keys/session-key';
import type { SigningJwk } from '@auth/keys/signing-key';
import type { EdgeKey } from '@auth/verify';
import type { Folder } from './folder.ts';
import type { Gate } from './gate.ts';
import type { AnyKey, KeyKind } from './key-kind.ts';
import { type EdgeName, edgesOf } from './kinds/edge-ends.ts';
import { edgeKeys, edgeRemoval, hasBothEnds } from './kinds/edge-keys.ts';
import { sessionKeys } from './kinds/session-keys.ts';
import { signingKeys } from './kinds/signing-keys.ts';
import { isUnderWay, planRevocation, planRotation, type Revocation, type Step } from './planner.ts';

/** Makes new keys, which are pending. */
export interface KeyMakers {
  edgeKey(edge: EdgeName): Promise<EdgeKey>;
  /** `alg` is the algorithm of the key: that of the active key unless given. */
  signingKey(alg?: SigningJwk['alg']): Promise<SigningJwk>;
  sessionKey(): Promise<SessionSecret>;
}

/** The plans for one set of keys: the signing keys, the session keys, or the keys of one edge. */
export interface Rotation {
  /** The name in commands: `signing`, `sessions`, `edge order product`. */
  readonly name: string;
  /** Plans the next step. @throws KeyCommandError when the documents must be repaired first */
  plan(folder: Folder, gate: Pick<Gate, 'setting'>): Promise<Step>;
  /** Whether it has begun and not ended. @throws KeyCommandError when the documents must be repaired first */
  isUnderWay(folder: Folder): boolean;
  /** Plans the revocation of one of the keys. @throws KeyCommandError when a document is missing */
  revoke(folder: Folder, kid: string): Promise<Revocation>;
}

/** The rotation of the signing key. */
export function signingRotation(make: KeyMakers, alg?: SigningJwk['alg']): Rotation {
  return rotationOf(signingKeys(() => make.signingKey(alg), alg));
}

/** The rotation of the session key. */
export function sessionRotation(make: KeyMakers): Rotation {
  return rotationOf(sessionKeys(() => make.sessionKey()));
}

/** The rotation of the key of an edge. An edge at one end only is no edge: to revoke its key is to remove the rest of it. */
export function edgeRotation(make: KeyMakers, edge: EdgeName): Rotation {
  const rotation = rotationOf(edgeKeys(edge, () => make.edgeKey(edge)));
  return {
    ...rotation,
    revoke: async (folder, kid) =>
      hasBothEnds(folder, edge)
        ? rotation.revoke(folder, kid)
        : { changes: [{ writes: edgeRemoval(folder, edge), needs: [] }], successor: undefined },
  };
}

/** Every rotation that a folder has documents for. */
export function allRotations(make: KeyMakers, folder: Folder): readonly Rotation[] {
  const sessions = folder.has(gateway) ? [sessionRotation(make)] : [];
  return [signingRotation(make), ...sessions, ...edgesOf(folder).map((edge) => edgeRotation(make, edge))];
}

/** Finds the rotation of a key by its id; `undefined` when no document holds it. */
export function rotationWith(make: KeyMakers, folder: Folder, kid: string): Rotation | undefined {
  for (const document of folder.values()) {
    const member = loadedKeys(document).find((key) => key.kid === kid)?.member;
    if (member === undefined) continue;
    const [place, other = ''] = member.split('.');
    if (place === 'calls') return edgeRotation(make, { caller: document.service, callee: other });
    if (place === 'accepts') return edgeRotation(make, { caller: other, callee: document.service });
    return place === 'sessionKeys' ? sessionRotation(make) : signingRotation(make);
  }
  return undefined;
}

function rotationOf<Key extends AnyKey>(kind: KeyKind<Key>): Rotation {
  return {
    name: kind.name,
    plan: (folder, { setting }) => planRotation(kind, folder, setting),
    isUnderWay: (folder) => isUnderWay(kind, folder),
    revoke: (folder, kid) => planRevocation(kind, folder, kid),
  };
}
