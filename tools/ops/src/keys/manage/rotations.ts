import { gateway } from '@auth/contracts';
import type { SigningJwk } from '@auth/keys/signing-key';
import type { EdgeName } from './edge-ends.ts';
import { edgesOf, readEnds } from './edge-ends.ts';
import type { Gate } from './gate.ts';
import type { KeyStore } from './key-store.ts';
import { isEdgeRotating, planEdgeRotation } from './rotate-edge.ts';
import { isSessionRotating, planSessionRotation } from './rotate-sessions.ts';
import { isSigningRotating, planSigningRotation } from './rotate-signing.ts';
import type { Folder, Step } from './step.ts';

/** Something that can be rotated: the issuer's signing key, what the gateway seals sessions with, or the key of one edge. */
export interface Rotation {
  /** As the command takes it: `signing`, `sessions`, `edge order product`. */
  readonly name: string;
  /** Plans the next step, on the documents as they are now. */
  plan(folder: Folder, gate: Gate): Promise<Step>;
  /** Whether it has begun and not ended. @throws KeyCommandError when the documents must be put right first */
  isUnderWay(folder: Folder): boolean;
}

/** The rotation of the signing key. `alg` is what a new one signs with: as the one before unless given. */
export function signingRotation(store: KeyStore, alg?: SigningJwk['alg']): Rotation {
  return {
    name: 'signing',
    plan: (folder, gate) => planSigningRotation(folder, { gate, generate: () => store.signingKey(alg) }),
    isUnderWay: isSigningRotating,
  };
}

/** The rotation of the key that sessions are sealed with. */
export function sessionRotation(store: KeyStore): Rotation {
  return {
    name: 'sessions',
    plan: (folder, gate) => planSessionRotation(folder, { gate, generate: () => store.sessionKey() }),
    isUnderWay: isSessionRotating,
  };
}

/** The rotation of an edge's key. */
export function edgeRotation(store: KeyStore, edge: EdgeName): Rotation {
  return {
    name: `edge ${edge.caller} ${edge.callee}`,
    plan: async (folder, gate) => planEdgeRotation(folder, edge, { gate, nextKid: await store.kidMaker() }),
    isUnderWay: (folder) => isEdgeRotating(readEnds(folder, edge)),
  };
}

/** Everything in a folder that can be rotated. */
export function allRotations(store: KeyStore, folder: Folder): readonly Rotation[] {
  const sessions = folder.has(gateway) ? [sessionRotation(store)] : [];
  return [signingRotation(store), ...sessions, ...edgesOf(folder).map((edge) => edgeRotation(store, edge))];
}
