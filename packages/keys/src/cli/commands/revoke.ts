import { setTimeout as delay } from 'node:timers/promises';
import { withFolder } from '../../manage/folder-lock.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { Revocation } from '../../manage/revoke.ts';
import { planRevocation } from '../../manage/revoke.ts';
import type { Command, Context } from '../context.ts';

/** Services look at their documents four times a second; whoever has not loaded one by then is not waited for. */
const patienceMs = 2000;

/** `pnpm keys revoke <kid>` */
export const revoke: Command = ([kid, more], context) => {
  if (kid === undefined || more !== undefined) throw new KeyCommandError('revoke which key? revoke <kid>', 64);
  return withFolder(context.store.dir, async () => {
    const { store, by } = context;
    const make = { nextKid: await store.kidMaker(), signingKey: () => store.signingKey() };
    const plan = await planRevocation(await store.read(), kid, make);
    const shut = await store.write(plan.shut, by);
    context.say(`${kid} is refused from now on by ${list(plan.shut.map(({ service }) => service))}`);
    if (plan.handOver.length > 0) await untilLoaded(plan.mustLoad, context);
    const handedOver = await store.write(plan.handOver, by);
    const { successor } = plan;
    const lines = [
      `${kid} is gone`,
      ...(successor === undefined ? [] : [`  ${successor} has taken its place`]),
      '  next: copy the changed documents to where the services read them, if that is elsewhere',
    ];
    return { lines, json: { kid, successor, changed: [...new Set([...shut, ...handedOver])] } };
  });
};

/** Until the successor is known, whoever changed over to it would be refused. */
async function untilLoaded(mustLoad: Revocation['mustLoad'], { askGate }: Context): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (Date.now() < giveUpAt) {
    const gate = await askGate();
    if (mustLoad.every(({ service, ...wanted }) => gate.blockers(service, wanted).length === 0)) return;
    await delay(100);
  }
}

function list(services: readonly string[]): string {
  return [...new Set(services)].join(', ');
}
