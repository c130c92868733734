import { generateKeyPairSync } from 'node:crypto';
import { gateway, issuerService } from '@auth/contracts';
import { markedFor } from '@auth/keys/development-keys';
import { KeyDocument } from '@auth/keys/key-document';
import type { SessionSecret } from '@auth/keys/session-key';
import { parseSessionKeys } from '@auth/keys/session-key';
import { SigningJwk } from '@auth/keys/signing-key';
import { parseCalls } from '@auth/verify';
import { generateEdgeKey } from '../src/keys/generate.ts';
import type { EdgeName } from '../src/keys/manage/edge-ends.ts';
import type { Gate, Wanted } from '../src/keys/manage/gate.ts';
import { planInit } from '../src/keys/manage/plan-init.ts';
import type { NextKid } from '../src/keys/manage/rotate-edge.ts';
import type { Folder } from '../src/keys/manage/step.ts';

/** A gate that everybody has passed. */
export const everybodyReady: Gate = {
  blockers: () => [],
  holders: () => [],
  undelivered: () => [],
  setting: () => undefined,
  loadedBy: () => ({ loaded: 1, asked: 1 }),
};

/**
 * Opens a gate that lets nobody through, and remembers what it was asked.
 *
 * @param settings what replicas say of their settings, such as `user jwksMaxAgeSeconds`
 */
export function shutGate(settings: Readonly<Record<string, number>> = {}) {
  const asked: (Wanted & { service: string })[] = [];
  const gate: Gate = {
    ...everybodyReady,
    setting: (service, name) => settings[`${service} ${name}`],
    blockers(service, wanted) {
      asked.push({ service, ...wanted });
      return [`${service} is not ready`];
    },
  };
  return { gate, asked };
}

/** Makes new keys for a test: each id once, and none takes time. */
export interface TestKeys {
  readonly nextKid: NextKid;
  readonly signingKey: () => Promise<SigningJwk>;
  readonly sessionKey: () => Promise<SessionSecret>;
}

/** Opens a source of new keys. */
export function openTestKeys(): TestKeys {
  let made = 1;
  return {
    nextKid: ({ caller, callee }) => `${caller}.${callee}.${made++}`,
    signingKey: async () => quickSigningKey(`signing.${made++}`, 'pending'),
    sessionKey: async () => generateEdgeKey(`session.${made++}`, 'pending'),
  };
}

/** An elliptic signing key: it is made in no time, unlike one of RSA. */
export function quickSigningKey(kid: string, state: SigningJwk['state']): SigningJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return SigningJwk.parse({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig', state });
}

/** The documents that `init` writes, in memory: keys `signing.1`, `session.1`, `order.product.2` and `order.user.1`. */
export function completeFolder({ nextKid } = openTestKeys(), issuer = 'https://auth.example'): Folder {
  const signing = [markedFor(issuer, quickSigningKey('signing.1', 'active'))];
  const marked: NextKid = (edge) => markedFor(issuer, { kid: nextKid(edge) }).kid;
  const sessionKeys = [markedFor(issuer, generateEdgeKey('session.1', 'active'))];
  return written(new Map(), planInit(new Map(), { issuer, signing, sessionKeys, nextKid: marked }));
}

/** A folder after documents were written to it. */
export function written(folder: Folder, documents: readonly KeyDocument[]): Folder {
  return new Map([...folder, ...documents.map((document) => [document.service, document] as const)]);
}

/**
 * What would break if every service loaded its document at this moment: nothing, after every single document that a
 * command writes. `forbidden` are edges on their way out, as `order product`.
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

/** Edges that a caller has a key for and whose callee accepts nobody any more: a forbid that was interrupted. */
export function shutEdges(folder: Folder): Set<string> {
  const names = [...folder.values()].flatMap(({ service, calls }) =>
    Object.keys(calls)
      .filter((callee) => folder.get(callee)?.accepts[service] === undefined && folder.has(callee))
      .map((callee) => `${service} ${callee}`),
  );
  return new Set(names);
}

/** The keys of an edge at both ends, as `order.product.1 active`. */
export function edgeIn(folder: Folder, { caller, callee }: EdgeName) {
  const named = (keys: readonly { kid: string; state: string }[] = []) =>
    keys.map(({ kid, state }) => `${kid} ${state}`);
  return {
    caller: named(folder.get(caller)?.calls[callee]),
    callee: named(folder.get(callee)?.accepts[caller]),
  };
}

/** The session keys of the gateway, as `session.1 active`. */
export function sessionsIn(folder: Folder): readonly string[] {
  return (folder.get(gateway)?.sessionKeys ?? []).map(({ kid, state }) => `${kid} ${state}`);
}

/** The issuer's keys with their states, and the ids that every other service verifies with. */
export function signingIn(folder: Folder) {
  const verifiers = [...folder.values()].filter(({ service }) => service !== issuerService);
  return {
    issuer: folder.get(issuerService)?.signing?.map(({ kid, state }) => `${kid} ${state}`),
    verifiers: Object.fromEntries(
      verifiers.map(({ service, issuer }) => [service, issuer.jwks?.keys.map(({ kid }) => kid)]),
    ),
  };
}
