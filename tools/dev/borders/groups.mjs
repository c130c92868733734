import { existsSync, readdirSync } from 'node:fs';

/** A group of imports with the reason that the linter gives. */
export const group = (reason, ...imports) => ({ reason, imports });

const toolNames = ['@auth/dev', '@auth/e2e', '@auth/lab', '@auth/ops', '@auth/testkit'];
export const tools = group(
  'What services run stands on no tool: tools are for people, tests and the launcher.',
  ...[...toolNames, ...toolNames.map((name) => `${name}/**`), '@auth/verify/testing'],
);
/** Entries of @auth/verify that are plain data, which every part may import. Listed after the pattern that they are excepted from. */
export const plainData = ['!@auth/verify/problems', '!@auth/verify/times'];
export const issuing = group(
  'Only the user app issues access tokens: apps/user/src/sessions/tokens.ts.',
  ...['@auth/verify/issuer', 'jsonwebtoken'],
);
export const proxying = group(
  'Only the gateway hands requests on: a service calls another through @auth/verify/client.',
  ...['undici', 'cockatiel'],
);

export const apps = '**/apps/**';
export const database = ['@auth/db', '@auth/db/**'];
/** The folders below `folder`, of the repository, that have a file. */
const foldersWith = (file, folder) => {
  const url = new URL(`../../../${folder}/`, import.meta.url);
  return readdirSync(url).filter((name) => existsSync(new URL(`${name}/${file}`, url)));
};

/** The names of the apps: no package may import one. */
export const appNames = foldersWith('package.json', 'apps');

/** Apps in which one replica works for all, by a lease in the database. */
const withLeader = ['user', 'gateway'];
/** The entries of @auth/db that each app with a database may open. */
export const databases = Object.fromEntries(
  foldersWith('schema.prisma', 'prisma').map((name) => [
    name,
    [name, 'errors', ...(withLeader.includes(name) ? ['leader'] : [])],
  ]),
);
