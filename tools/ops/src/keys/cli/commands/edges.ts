import { ServiceName } from '@auth/verify';
import { allowEdge, forbidEdge, isKnownService, operationsOf, addService as planService } from '../../manage/edges.ts';
import { withFolder } from '../../manage/folder-lock.ts';
import { readHistory } from '../../manage/history.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { EdgeName } from '../../manage/kinds/edge-ends.ts';
import { everRemovedKeys, type RemovedKeys } from '../../manage/removed-keys.ts';
import { awaitConfirmation, unconfirmedLines } from '../confirmation.ts';
import type { Command, Context } from '../context.ts';

/** `pnpm keys add-service <name>` */
export const addService: Command = ([name, more], { store, by }) => {
  if (name === undefined || more !== undefined || !ServiceName.safeParse(name).success) {
    throw new KeyCommandError('add which service? add-service <name>, such as shipping: a-z, 0-9 and - ', 64);
  }
  return withFolder(store.dir, async () => {
    const document = planService(await store.read(), name);
    if (document === undefined) {
      return { lines: [`nothing to do: there is ${store.fileOf(name)}`], json: { changed: [] } };
    }
    const changed = await store.write([document], by);
    const next = isKnownService(name)
      ? `next: pnpm keys allow ${name} <callee> for each service that it calls`
      : `next: name ${name} in packages/contracts/src/services.ts, and as a caller of the operations that it may call`;
    return { lines: [`created ${store.fileOf(name)}`, next], json: { changed } };
  });
};

/** `pnpm keys allow <caller> <callee>` */
export const allow: Command = (words, { store, by }) => {
  const edge = edgeOf(words);
  return withFolder(store.dir, async () => {
    const changed = await store.write(allowEdge(await store.read(), edge, await store.kidMaker()), by);
    const listed = operationsOf(edge);
    const next =
      listed.length === 0
        ? `next: list ${edge.caller} as a caller of an operation of ${edge.callee} in packages/contracts: none does, so every call is refused`
        : `${edge.caller} may call ${listed.join(', ')}`;
    const did =
      changed.length === 0 ? 'nothing to do: both ends hold a key' : `a new key at both ends: ${changed.join(', ')}`;
    return { lines: [did, next], json: { changed, operations: listed } };
  });
};

/** `pnpm keys forbid <caller> <callee>`: exit code 1 until the callee has confirmed that it accepts no key of the caller. */
export const forbid: Command = (words, context) => {
  const edge = edgeOf(words);
  const { store, by } = context;
  return withFolder(store.dir, async () => {
    const changed = await store.write(forbidEdge(await store.read(), edge), by);
    const left = await awaitConfirmation(await keysAcceptedBefore(edge, context), context);
    const listed = operationsOf(edge);
    const next =
      listed.length === 0
        ? []
        : [
            `next: take ${edge.caller} out of the callers of ${listed.join(', ')} in packages/contracts, or keys init makes a new key`,
          ];
    const done =
      left.length === 0
        ? `no key at either end: ${edge.callee} refuses every call of ${edge.caller}`
        : `no key in the document of either end`;
    const did = changed.length === 0 ? `nothing to do: ${edge.caller} holds no key to call ${edge.callee} with` : done;
    const lines = [did, ...unconfirmedLines(left, `forbid ${edge.caller} ${edge.callee}`), ...next];
    return { lines, json: { changed, operations: listed, unconfirmed: left }, exitCode: left.length === 0 ? 0 : 1 };
  });
};

/** Finds the caller's keys that were removed from the callee's document: calls are refused when the callee has none of them. */
async function keysAcceptedBefore({ caller, callee }: EdgeName, { store }: Context): Promise<RemovedKeys> {
  const history = await readHistory(store.dir);
  const ofEdge = history.filter(({ service, member }) => service === callee && member === `accepts.${caller}`);
  return everRemovedKeys(ofEdge, await store.read());
}

function edgeOf([caller, callee, more]: readonly string[]): EdgeName {
  if (caller !== undefined && callee !== undefined && more === undefined) return { caller, callee };
  throw new KeyCommandError('between which services? <caller> <callee>, such as order product', 64);
}
