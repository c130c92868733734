import { gateway, issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { addService, allowEdge, forbidEdge } from '../src/keys/manage/edges.ts';
import { documentOf, type Folder, withDocuments } from '../src/keys/manage/folder.ts';
import { type Gate, unmet } from '../src/keys/manage/gate.ts';
import { edgesOf } from '../src/keys/manage/kinds/edge-ends.ts';
import { planInit } from '../src/keys/manage/plan-init.ts';
import type { Step } from '../src/keys/manage/planner.ts';
import {
  edgeRotation,
  type Rotation,
  rotationWith,
  sessionRotation,
  signingRotation,
} from '../src/keys/manage/rotations.ts';
import { allReady, type TestKeys } from './folders.ts';

/** A command that returns the documents that it would write, in order. Empty: nothing to do, or refused. */
export type Planned = (folder: Folder, keys: TestKeys, gate?: Gate) => Promise<readonly KeyDocument[]>;

export const init: Planned = async (folder, keys) => {
  const { issuer, signing = [] } = documentOf(folder, issuerService);
  const { sessionKeys = [] } = documentOf(folder, gateway);
  return planInit(folder, { issuer: issuer.iss, signing, sessionKeys, nextKid: keys.nextKid });
};

const rotate =
  (rotationOf: (keys: TestKeys) => Rotation): Planned =>
  async (folder, keys, gate = allReady) => {
    const { writes, needs } = await rotationOf(keys).plan(folder, gate);
    return unmet(needs, gate).length === 0 ? writes : [];
  };

export const rotateSigning = rotate(signingRotation);

export const rotateSessions = rotate(sessionRotation);

/** `rotateEdge('order product')` */
export const rotateEdge = (edge: string): Planned => rotate((keys) => edgeRotation(keys, edgeNamed(edge)));

export const revoke =
  (kid: string): Planned =>
  async (folder, keys) =>
    (await rotationWith(keys, folder, kid)?.revoke(folder, kid))?.changes.flatMap(({ writes }) => writes) ?? [];

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

/** Lists every edge of a folder, as `order product`. */
export function edgeNames(folder: Folder): string[] {
  return edgesOf(folder).map(({ caller, callee }) => `${caller} ${callee}`);
}

export function edgeNamed(name: string) {
  const [caller = '', callee = ''] = name.split(' ');
  return { caller, callee };
}

const noSettings: Pick<Gate, 'setting'> = { setting: () => undefined };

/** Returns settings as replicas report them, by names such as `user jwksMaxAgeSeconds`. */
export function settingsOf(settings: Readonly<Record<string, number>>): Pick<Gate, 'setting'> {
  return { setting: (service, name) => settings[`${service} ${name}`] };
}

/** Plans the next step of a rotation. */
export function planOf(rotation: Rotation, folder: Folder, gate = noSettings): Promise<Step> {
  return rotation.plan(folder, gate);
}

interface StepTaken {
  readonly step: Step;
  /** The folder after the step. */
  readonly folder: Folder;
}

/** Takes the three steps of a whole rotation: publish, switch, remove. */
export async function stepsOf(rotation: Rotation, rest: Folder): Promise<readonly [StepTaken, StepTaken, StepTaken]> {
  const take = async (folder: Folder): Promise<StepTaken> => {
    const step = await planOf(rotation, folder);
    return { step, folder: withDocuments(folder, step.writes) };
  };
  const published = await take(rest);
  const switched = await take(published.folder);
  return [published, switched, await take(switched.folder)];
}
