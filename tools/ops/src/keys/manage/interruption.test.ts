import { edges } from '@auth/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  add,
  allow,
  forbid,
  init,
  type Planned,
  revoke,
  rotateEdge,
  rotateSessions,
  rotateSigning,
} from '../../../test/commands.ts';
import { completeFolder, faultsOf, openTestKeys, shutEdges } from '../../../test/folders.ts';
import { checkFolder } from './check.ts';
import { type Folder, withDocuments } from './folder.ts';
import { planInit } from './plan-init.ts';

/** The number of the first key that a command makes: those of edges have the numbers before it. */
const next = edges().length + 1;

/** Each command in the state in which it writes the most, and the commands that lead there. */
const commands: [string, Planned[], Planned, { forbidden?: string; mayFind?: string }?][] = [
  ['rotate edge, publishing', [], rotateEdge('order product')],
  ['rotate edge, switching over', [rotateEdge('order product')], rotateEdge('order product')],
  [
    'rotate edge, removing the old key',
    [rotateEdge('order product'), rotateEdge('order product')],
    rotateEdge('order product'),
  ],
  ['rotate signing, publishing', [], rotateSigning],
  ['rotate signing, switching over', [rotateSigning], rotateSigning],
  ['rotate signing, removing the old key', [rotateSigning, rotateSigning], rotateSigning],
  ['rotate sessions, publishing', [], rotateSessions],
  ['rotate sessions, switching over', [rotateSessions], rotateSessions],
  ['rotate sessions, removing the old key', [rotateSessions, rotateSessions], rotateSessions],
  ['revoke an active key', [], revoke('order.product.2')],
  ['revoke an active key while its successor is pending', [rotateEdge('order product')], revoke('order.product.2')],
  ['revoke a pending key', [rotateEdge('order product')], revoke(`order.product.${next}`)],
  ['revoke a retiring key', [rotateEdge('order product'), rotateEdge('order product')], revoke('order.product.2')],
  ['revoke the active signing key', [], revoke('signing.1')],
  ['revoke the active signing key while its successor is pending', [rotateSigning], revoke('signing.1')],
  ['revoke a pending signing key', [rotateSigning], revoke(`signing.${next}`)],
  ['revoke a retiring signing key', [rotateSigning, rotateSigning], revoke('signing.1')],
  ['revoke the active session key', [], revoke('session.1')],
  ['revoke the active session key while its successor is pending', [rotateSessions], revoke('session.1')],
  ['revoke a pending session key', [rotateSessions], revoke(`session.${next}`)],
  ['revoke a retiring session key', [rotateSessions, rotateSessions], revoke('session.1')],
  ['allow', [forbid('order product')], allow('order product')],
  ['forbid', [], forbid('order product'), { forbidden: 'order product', mayFind: 'pnpm keys allow order product' }],
  ['add-service', [], add('elsewhere')],
];

const textOf = (folder: Folder) => JSON.stringify([...folder]);

async function after(before: readonly Planned[]) {
  const keys = openTestKeys();
  let folder = completeFolder(keys);
  for (const command of before) folder = withDocuments(folder, await command(folder, keys));
  return { folder, keys };
}

describe.each(commands)('%s', (_name, before, command, { forbidden, mayFind = '' } = {}) => {
  const exempt = new Set(forbidden === undefined ? [] : [forbidden]);

  it('writes something', async () => {
    const { folder, keys } = await after(before);
    expect((await command(folder, keys)).length).toBeGreaterThan(0);
  });

  it('makes no service refuse a request after any document, and when run again completes the same change', async () => {
    const { folder, keys } = await after(before);
    const writes = await command(folder, keys);
    const complete = withDocuments(folder, writes);
    for (const count of writes.keys()) {
      const interrupted = withDocuments(folder, writes.slice(0, count + 1));
      expect(faultsOf(interrupted, exempt)).toEqual([]);
      // Not begun, or complete: the command would begin again.
      if ([folder, complete].some((other) => textOf(other) === textOf(interrupted))) continue;
      const again = withDocuments(interrupted, await command(interrupted, keys));
      expect(Object.fromEntries(again)).toEqual(Object.fromEntries(complete));
    }
    const problems = checkFolder(complete).map(({ problem }) => problem);
    expect(problems.filter((problem) => mayFind === '' || !problem.includes(mayFind))).toEqual([]);
  });

  it('refuses no request when init runs after an interruption', async () => {
    const { folder, keys } = await after(before);
    const writes = await command(folder, keys);
    for (const count of writes.keys()) {
      let interrupted = withDocuments(folder, writes.slice(0, count + 1));
      for (const document of await init(interrupted, keys)) {
        interrupted = withDocuments(interrupted, [document]);
        expect(faultsOf(interrupted, exempt)).toEqual([]);
      }
      expect([faultsOf(interrupted), checkFolder(interrupted)]).toEqual([[], []]);
    }
  });
});

describe('init, after a command that was interrupted after its first document', () => {
  it.each([
    ['forbid', forbid('order user')],
    ['allow', allow('user product')],
    ['revoke', revoke('order.user.1')],
  ])('%s: no service refuses a request after any document, and no change is left half done', async (_case, command) => {
    const keys = openTestKeys();
    const before = completeFolder(keys);
    const [first] = await command(before, keys);
    let folder = withDocuments(before, first === undefined ? [] : [first]);
    for (const document of await init(folder, keys)) {
      folder = withDocuments(folder, [document]);
      expect(faultsOf(folder, shutEdges(folder))).toEqual([]);
    }
    expect(faultsOf(folder)).toEqual([]);
    const problems = checkFolder(folder).map(({ problem }) => problem);
    // Findings about an edge that is not in the contracts are expected.
    expect(
      problems.filter((problem) => !problem.includes('does not have') && !problem.includes('no operation')),
    ).toEqual([]);
  });
});

describe('init', () => {
  it.each([
    ['an empty folder', []],
    ['a folder without product.json', ['user', 'order', 'gateway']],
    ['a folder without order.json', ['user', 'product', 'gateway']],
    ['a folder without gateway.json', ['user', 'product', 'order']],
  ])(
    'makes no service refuse a request after any document of %s, and when run again completes the folder',
    (_case, kept) => {
      const keys = openTestKeys();
      const complete = completeFolder(keys);
      const folder = new Map([...complete].filter(([service]) => kept.includes(service)));
      const { signing = [] } = complete.get('user') ?? {};
      const { sessionKeys = [] } = complete.get('gateway') ?? {};
      const plan = (present: typeof folder) =>
        planInit(present, { issuer: 'https://auth.example', signing, sessionKeys, nextKid: keys.nextKid });
      const writes = plan(folder);
      for (const count of writes.keys()) {
        let interrupted = new Map(withDocuments(folder, writes.slice(0, count + 1)));
        expect(faultsOf(interrupted)).toEqual([]);
        for (const document of plan(interrupted)) {
          interrupted = new Map(withDocuments(interrupted, [document]));
          expect(faultsOf(interrupted)).toEqual([]);
        }
        expect(checkFolder(interrupted)).toEqual([]);
      }
    },
  );
});
