import { initKeyDocuments } from '../../init.ts';
import type { Command } from '../context.ts';

/** `pnpm keys init` */
export const init: Command = async (_words, { args, store, now }) => {
  const { created, updated } = await initKeyDocuments({
    dir: store.dir,
    issuer: args.issuer,
    folders: args.folders,
    alg: args.alg,
    now,
  });
  const changes = [
    ...created.map((service) => `created ${store.fileOf(service)}`),
    ...updated.map((service) => `updated ${store.fileOf(service)}`),
  ];
  const next = 'next: give each service its own document as AUTH_KEYS_FILE (or its text as AUTH_KEYS), and no other';
  const idle = `nothing to do: the documents in ${store.dir} are complete`;
  return { lines: changes.length === 0 ? [idle] : [...changes, next], json: { created, updated } };
};
