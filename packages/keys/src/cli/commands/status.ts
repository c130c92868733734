import { edgesOf, readEnds } from '../../manage/edge-ends.ts';
import { statusOf } from '../../manage/status.ts';
import type { Folder } from '../../manage/step.ts';
import type { Command } from '../context.ts';
import { statusLines } from '../status-lines.ts';

/** `pnpm keys status` */
export const status: Command = async (_words, { args, store, askGate, now }) => {
  const found = await statusOf(store, await askGate(), now);
  if (!args.reveal) return { lines: statusLines(found), json: found };
  const secrets = secretsOf(await store.read());
  const keys = found.keys.map((key) => ({ ...key, secret: secrets.get(key.kid) }));
  return { lines: statusLines(found, ({ kid }) => secrets.get(kid)), json: { ...found, keys } };
};

/** The secrets of edges by kid. A private signing key is no single value: it is in the issuer's document. */
function secretsOf(folder: Folder): ReadonlyMap<string, string> {
  const keys = edgesOf(folder).flatMap((edge) => readEnds(folder, edge).keys);
  return new Map(keys.map(({ kid, secret }) => [kid, secret]));
}
