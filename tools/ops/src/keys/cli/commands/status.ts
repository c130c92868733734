import type { Folder } from '../../manage/folder.ts';
import { statusOf } from '../../manage/status.ts';
import type { Command } from '../context.ts';
import { statusLines } from '../status-lines.ts';

/** `pnpm keys status` */
export const status: Command = async (_words, { args, store, askGate, now }) => {
  const found = await statusOf(store, await askGate(), now);
  if (!args.reveal) return { lines: statusLines(found), json: found };
  const secrets = secretsOf(await store.read());
  const keys = found.keys.map((key) => ({ ...key, secret: secrets.get(nameOf(key)) }));
  return { lines: statusLines(found, (key) => secrets.get(nameOf(key))), json: { ...found, keys } };
};

/** Collects the secrets of edges. Signing keys have no single value, and session keys are never printed. */
function secretsOf(folder: Folder): ReadonlyMap<string, string> {
  const named = [...folder.values()].flatMap(({ service, calls, accepts }) =>
    Object.entries({ calls, accepts }).flatMap(([member, edges]) =>
      Object.entries(edges).flatMap(([other, keys]) =>
        keys.map(({ kid, secret }) => [nameOf({ service, member: `${member}.${other}`, kid }), secret] as const),
      ),
    ),
  );
  return new Map(named);
}

function nameOf({ service, member, kid }: { service: string; member: string; kid: string }): string {
  return `${service} ${member} ${kid}`;
}
