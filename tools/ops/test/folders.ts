import { generateKeyPairSync } from 'node:crypto';
import { gateway, issuerService } from '@auth/contracts';
import { markedFor } from '@auth/keys/development-keys';
import { KeyDocument } from '@auth/keys/key-document';
import { parseSessionKeys } from '@auth/keys/session-key';
import { SigningJwk } from '@auth/keys/signing-key';
import { parseCalls } from '@auth/verify';
import { generateEdgeKey } from '../src/keys/generate.ts';
import { type Folder, withDocuments } from '../src/keys/manage/folder.ts';
import type { Gate } from '../src/keys/manage/gate.ts';
import type { EdgeName, NextKid } from '../src/keys/manage/kinds/edge-ends.ts';
import { planInit } from '../src/keys/manage/plan-init.ts';
import type { KeyMakers } from '../src/keys/manage/rotations.ts';

/** A gate of replicas that have loaded every key. */
export const allReady: Gate = {
  blockers: () => [],
  holders: () => [],
  undelivered: () => [],
  setting: () => undefined,
  loadedBy: () => ({ loaded: 1, asked: 1 }),
};

/** Makes new keys for a test at once, with a new id for each. */
export interface TestKeys extends KeyMakers {
  readonly nextKid: NextKid;
}

/** Opens a source of new keys. */
export function openTestKeys(): TestKeys {
  let made = 1;
  const nextKid: NextKid = ({ caller, callee }) => `${caller}.${callee}.${made++}`;
  return {
    nextKid,
    edgeKey: async (edge) => generateEdgeKey(nextKid(edge), 'pending'),
    signingKey: async () => quickSigningKey(`signing.${made++}`, 'pending'),
    sessionKey: async () => generateEdgeKey(`session.${made++}`, 'pending'),
  };
}

/** Makes a signing key for ES256, which takes less time than one for RS256. */
export function quickSigningKey(kid: string, state: SigningJwk['state']): SigningJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return SigningJwk.parse({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig', state });
}

/** Returns the documents that `init` writes, in memory: keys `signing.1`, `session.1`, `order.product.2` and `order.user.1`. */
export function completeFolder({ nextKid } = openTestKeys(), issuer = 'https://auth.example'): Folder {
  const signing = [markedFor(issuer, quickSigningKey('signing.1', 'active'))];
  const marked: NextKid = (edge) => markedFor(issuer, { kid: nextKid(edge) }).kid;
  const sessionKeys = [markedFor(issuer, generateEdgeKey('session.1', 'active'))];
  return withDocuments(new Map(), planInit(new Map(), { issuer, signing, sessionKeys, nextKid: marked }));
}

/**
 * Lists what would be refused if every service loaded its document at this moment: nothing, after each document that a
 * command writes. `forbidden` are edges that are being removed, as `order product`.
 */
export function faultsOf(folder: Folder, forbidden: ReadonlySet<string> = new Set()): readonly string[] {
  const faults: string[] = [];
  const active = folder.get(issuerService)?.signing?.find(({ state }) => state === 'active');
  for (const [service, document] of folder) {
    parseCalls(KeyDocument.parse(document).calls);
    if (document.sessionKeys !== undefined) parseSessionKeys(document.sessionKeys);
    const verifies = document.issuer.jwks?.keys.some(({ kid }) => kid === active?.kid) ?? true;
    if (!verifies) faults.push(`${service} does not know ${active?.kid}, which ${issuerService} signs with`);
    for (const [callee, keys] of Object.entries(document.calls)) {
      // Without a document the callee does not run.
      if (forbidden.has(`${service} ${callee}`) || !folder.has(callee)) continue;
      const key = keys.find(({ state }) => state === 'active');
      const accepted = folder.get(callee)?.accepts[service]?.find(({ kid }) => kid === key?.kid);
      if (accepted?.secret !== key?.secret) faults.push(`${callee} does not know ${key?.kid} of ${service}`);
    }
  }
  return faults;
}

/** Lists edges that only the caller has keys for: a forbid that was interrupted. */
export function shutEdges(folder: Folder): Set<string> {
  const names = [...folder.values()].flatMap(({ service, calls }) =>
    Object.keys(calls)
      .filter((callee) => folder.get(callee)?.accepts[service] === undefined && folder.has(callee))
      .map((callee) => `${service} ${callee}`),
  );
  return new Set(names);
}

/** Returns the keys of an edge at both ends, as `order.product.1 active`. */
export function edgeIn(folder: Folder, { caller, callee }: EdgeName) {
  const named = (keys: readonly { kid: string; state: string }[] = []) =>
    keys.map(({ kid, state }) => `${kid} ${state}`);
  return {
    caller: named(folder.get(caller)?.calls[callee]),
    callee: named(folder.get(callee)?.accepts[caller]),
  };
}

/** Returns the session keys of the gateway, as `session.1 active`. */
export function sessionsIn(folder: Folder): readonly string[] {
  return (folder.get(gateway)?.sessionKeys ?? []).map(({ kid, state }) => `${kid} ${state}`);
}

/** Returns the issuer's keys with their states, and the ids of the keys that every other service verifies with. */
export function signingIn(folder: Folder) {
  const verifiers = [...folder.values()].filter(({ service }) => service !== issuerService);
  return {
    issuer: folder.get(issuerService)?.signing?.map(({ kid, state }) => `${kid} ${state}`),
    verifiers: Object.fromEntries(
      verifiers.map(({ service, issuer }) => [service, issuer.jwks?.keys.map(({ kid }) => kid)]),
    ),
  };
}
