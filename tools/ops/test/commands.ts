import { gateway, issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { edgesOf } from '../src/keys/manage/edge-ends.ts';
import { addService, allowEdge, forbidEdge } from '../src/keys/manage/edges.ts';
import type { Gate } from '../src/keys/manage/gate.ts';
import { planInit } from '../src/keys/manage/plan-init.ts';
import { planRevocation } from '../src/keys/manage/revoke.ts';
import { planEdgeRotation } from '../src/keys/manage/rotate-edge.ts';
import { planSessionRotation } from '../src/keys/manage/rotate-sessions.ts';
import { planSigningRotation } from '../src/keys/manage/rotate-signing.ts';
import type { Folder } from '../src/keys/manage/step.ts';
import { documentOf } from '../src/keys/manage/step.ts';
import type { TestKeys } from './folders.ts';
import { everybodyReady } from './folders.ts';

/** A command as the documents that it would write, in their order. Empty: there is nothing to do, or it is refused. */
export type Planned = (folder: Folder, keys: TestKeys, gate?: Gate) => Promise<readonly KeyDocument[]>;

export const init: Planned = async (folder, keys) => {
  const { issuer, signing = [] } = documentOf(folder, issuerService);
  const { sessionKeys = [] } = documentOf(folder, gateway);
  return planInit(folder, { issuer: issuer.iss, signing, sessionKeys, nextKid: keys.nextKid });
};

export const rotateSigning: Planned = async (folder, keys, gate = everybodyReady) => {
  const { writes, blockers } = await planSigningRotation(folder, { gate, generate: keys.signingKey });
  return blockers.length === 0 ? writes : [];
};

export const rotateSessions: Planned = async (folder, keys, gate = everybodyReady) => {
  const { writes, blockers } = await planSessionRotation(folder, { gate, generate: keys.sessionKey });
  return blockers.length === 0 ? writes : [];
};

/** `rotateEdge('order product')` */
export const rotateEdge =
  (edge: string): Planned =>
  async (folder, { nextKid }, gate = everybodyReady) => {
    const { writes, blockers } = planEdgeRotation(folder, edgeNamed(edge), { gate, nextKid });
    return blockers.length === 0 ? writes : [];
  };

export const revoke =
  (kid: string): Planned =>
  async (folder, keys) =>
    (await planRevocation(folder, kid, keys))?.stages.flatMap(({ writes }) => writes) ?? [];

export const allow =
  (edge: string): Planned =>
  async (folder, { nextKid }) =>
    allowEdge(folder, edgeNamed(edge), nextKid);

export const forbid =
  (edge: string): Planned =>
  async (folder) =>
    forbidEdge(folder, edgeNamed(edge));

export const add =
  (service: string): Planned =>
  async (folder) => {
    const document = addService(folder, service);
    return document === undefined ? [] : [document];
  };

/** Every edge of a folder, as `order product`. */
export function edgeNames(folder: Folder): string[] {
  return edgesOf(folder).map(({ caller, callee }) => `${caller} ${callee}`);
}

export function edgeNamed(name: string) {
  const [caller = '', callee = ''] = name.split(' ');
  return { caller, callee };
}
