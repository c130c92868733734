import { setTimeout as delay } from 'node:timers/promises';
import type { Folder } from '../../manage/folder.ts';
import { withFolder } from '../../manage/folder-lock.ts';
import { unmet } from '../../manage/gate.ts';
import { readHistory } from '../../manage/history.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { Change } from '../../manage/planner.ts';
import { everRemovedKeys, type RemovedKeys, removedKeys } from '../../manage/removed-keys.ts';
import { rotationWith } from '../../manage/rotations.ts';
import { awaitConfirmation, unconfirmedLines } from '../confirmation.ts';
import type { Command, Context, Result } from '../context.ts';

/** The longest wait before a change: services read their documents four times a second, and a stolen key must not stay long. */
const waitMs = 2000;

/** `pnpm keys revoke <kid>`: exit code 1 until every running service has confirmed that the key is out of force. */
export const revoke: Command = ([kid, more], context) => {
  if (kid === undefined || more !== undefined) throw new KeyCommandError('revoke which key? revoke <kid>', 64);
  return withFolder(context.store.dir, () => revokeKey(kid, context));
};

async function revokeKey(kid: string, context: Context): Promise<Result> {
  const { store, by } = context;
  const before = await store.read();
  const plan = await rotationWith(store, before, kid)?.revoke(before, kid);
  if (plan === undefined && !(await readHistory(store.dir)).some((entry) => entry.kid === kid)) {
    throw new KeyCommandError(`no document holds a key ${kid}: pnpm keys status shows those that there are`);
  }
  const changed = new Set<string>();
  for (const { writes, needs } of plan?.changes ?? []) {
    await untilMet(needs, context);
    for (const service of await store.write(writes, by)) changed.add(service);
  }
  const successor = plan?.successor;
  // Reported before replicas are asked: a service that reads the documents now refuses the key.
  context.say(
    plan === undefined
      ? `nothing to change: ${kid} is in no document any more`
      : `${kid} is removed from the documents: changed ${[...changed].join(', ')}`,
  );
  if (successor !== undefined) context.say(`  ${successor} has taken its place`);
  const left = await awaitConfirmation(await holdersOf(kid, before, context), context);
  const lines =
    left.length === 0
      ? [`${kid} is revoked: every running service has confirmed it`]
      : [
          ...unconfirmedLines(left, `revoke ${kid}`),
          '  next: copy the changed documents to where the services read them, if that is elsewhere',
        ];
  const json = { kid, successor, changed: [...changed], confirmed: left.length === 0, unconfirmed: left };
  return { lines, json, exitCode: left.length === 0 ? 0 : 1 };
}

/** Finds every service whose document held the key, before this command or at any earlier time. */
async function holdersOf(kid: string, before: Folder, { store }: Context): Promise<RemovedKeys> {
  const after = await store.read();
  const services = [...removedKeys(before, after), ...everRemovedKeys(await readHistory(store.dir), after)];
  return new Map(services.filter(([, kids]) => kids.includes(kid)).map(([service]) => [service, [kid]]));
}

/** Waits until the known replicas meet the needs of a change, for a limited time. Services without one are not waited for. */
async function untilMet(needs: Change['needs'], { askGate, warn }: Context): Promise<void> {
  if (needs.length === 0) return;
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const gate = await askGate();
    const known = needs.filter(({ service, ...wanted }) => gate.loadedBy(service, wanted).asked > 0);
    const late = unmet(known, gate);
    if (late.length === 0) return;
    if (performance.now() > giveUpAt) {
      for (const line of late) warn(`not waited for: ${line}`);
      return;
    }
    await delay(100);
  }
}
