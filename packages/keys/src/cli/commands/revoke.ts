import { setTimeout as delay } from 'node:timers/promises';
import { withFolder } from '../../manage/folder-lock.ts';
import { readHistory } from '../../manage/history.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { Stage } from '../../manage/revoke.ts';
import { planRevocation } from '../../manage/revoke.ts';
import type { Command, Context, Result } from '../context.ts';

/** Services look at their documents four times a second; whoever has not loaded one by then is not waited for. */
const patienceMs = 2000;

/** `pnpm keys revoke <kid>` */
export const revoke: Command = ([kid, more], context) => {
  if (kid === undefined || more !== undefined) throw new KeyCommandError('revoke which key? revoke <kid>', 64);
  return withFolder(context.store.dir, () => end(kid, context));
};

async function end(kid: string, context: Context): Promise<Result> {
  const { store, by } = context;
  const { signingKey, sessionKey } = store;
  const make = { nextKid: await store.kidMaker(), signingKey, sessionKey };
  const plan = await planRevocation(await store.read(), kid, make);
  if (plan === undefined) {
    if ((await readHistory(store.dir)).some((entry) => entry.kid === kid)) {
      return { lines: [`nothing to do: ${kid} is gone`], json: { kid, changed: [] } };
    }
    throw new KeyCommandError(`no document holds a key ${kid}: pnpm keys status shows those that there are`);
  }
  const changed = new Set<string>();
  for (const { writes, mustLoad } of plan.stages) {
    for (const service of await store.write(writes, by)) changed.add(service);
    await untilLoaded(mustLoad, context);
  }
  const { successor } = plan;
  const lines = [
    `${kid} is gone: changed ${[...changed].join(', ')}`,
    ...(successor === undefined ? [] : [`  ${successor} has taken its place`]),
    '  next: copy the changed documents to where the services read them, if that is elsewhere',
  ];
  return { lines, json: { kid, successor, changed: [...changed] } };
}

/** Waits for those that can be asked, and not for long: a service that hangs does not keep a stolen key alive. */
async function untilLoaded(mustLoad: Stage['mustLoad'], { askGate, warn }: Context): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const gate = await askGate();
    const late = mustLoad
      .filter(({ service, ...wanted }) => gate.loadedBy(service, wanted).asked > 0)
      .flatMap(({ service, ...wanted }) => gate.blockers(service, wanted));
    if (late.length === 0) return;
    if (Date.now() > giveUpAt) {
      for (const line of late) warn(`not waited for: ${line}`);
      return;
    }
    await delay(100);
  }
}
