// The borders of the repository: which files may not import what. This table is the one place: `pnpm borders` writes
// biome.boundaries.json from it, `pnpm lint` fails while that file is not current, and e2e/boundaries.test.ts shows that every
// border holds. Plain JavaScript: it runs before anything is compiled.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr } from 'node:process';

/** A group of imports with the reason that the linter gives. */
const group = (reason, ...imports) => ({ reason, imports });

const otherApps = group('An app imports nothing of another app: they meet over HTTP.', '../../**', '**/apps/**');
const toolNames = ['@auth/dev', '@auth/e2e', '@auth/lab', '@auth/ops', '@auth/testkit'];
const tools = group(
  'What services run stands on no tool: tools are for people, tests and the launcher.',
  ...[...toolNames, ...toolNames.map((name) => `${name}/**`), '@auth/verify/testing'],
);
const proxying = group(
  'Only the gateway hands requests on: a service calls another through @auth/verify/client.',
  ...['undici', 'cockatiel'],
);
const apps = '**/apps/**';
const database = ['@auth/db', '@auth/db/**'];
const transport = ['express', 'zod', 'pino', '@auth/http', '@auth/keys', '@auth/verify', '@auth/verify/**'];
const upwards = ['./*routes.ts', './app.ts', './main.ts', './config.ts'];

const app = [otherApps, tools];
const service = [...app, proxying];
const store = group('A store knows its database and the types of its rules, nothing else.', ...transport, ...upwards);

/** The files of an app that have a duty of their own; all others are rules. */
const httpFiles = ['app', '*routes', 'problems', 'openapi*'];
const ownFiles = ['main', '*-command', '*-store', ...httpFiles, 'config', '*-client'];
const inApps = (names, folder = 'apps/*/src') => names.map((name) => `${folder}/${name}.ts`);

/** What each app may open of @auth/db. */
const databases = {
  user: ['user', 'leader', 'errors'],
  product: ['product', 'errors'],
  order: ['order', 'errors'],
  gateway: ['gateway', 'leader', 'errors'],
};

const ownDatabases = Object.entries(databases).flatMap(([name, entries]) => {
  const own = group(
    'One database per service: open your own.',
    ...['@auth/db/*', ...entries.map((entry) => `!@auth/db/${entry}`)],
  );
  const main = name === 'gateway' ? app : service;
  return [
    { files: inApps(['main', '*-command'], `apps/${name}/src`), not: [...main, own] },
    { files: inApps(['*-store'], `apps/${name}/src`), not: [...service, own, store] },
  ];
});

const alone = group('@auth/verify stands alone.', '@auth/**', apps);
const noClock = { Date: 'No clock but the one passed in.', performance: 'No clock but the one passed in.' };
const noProcess = { process: 'No environment.' };

/** Which files may not import what, and which globals they may not use. A later row replaces an earlier one for its files. */
const borders = [
  {
    files: inApps(['main', '*-command', '*-store']),
    not: [...service, group('A service opens no database but its own, which a row of its own allows.', '@auth/db/*')],
  },
  ...ownDatabases,
  {
    files: ['apps/gateway/src/proxy/**'],
    not: [
      ...app,
      group(
        'The proxy hands requests on: who sends one, and what it may use, is passed in.',
        ...[
          ...database,
          '@auth/keys',
          'express',
          '../app.ts',
          '../main.ts',
          '../config.ts',
          '../*routes.ts',
          '../*-store.ts',
        ],
      ),
    ],
  },
  {
    files: inApps(httpFiles),
    not: [
      ...service,
      group(
        'HTTP talks to rules; only main.ts puts a store under them.',
        ...['@auth/db', '@auth/db/*', '!@auth/db/errors', './*-store.ts', './config.ts', './main.ts'],
      ),
    ],
  },
  {
    files: inApps(['config']),
    not: [
      ...service,
      group('Configuration is parsed text and nothing else.', 'express', ...database, '@auth/verify/express', './*'),
    ],
  },
  {
    files: inApps(['*-client']),
    not: [
      ...service,
      group(
        'A client knows @auth/verify/client and @auth/contracts.',
        ...['express', 'zod', '@auth/http', ...database, '@auth/keys', ...upwards, './*-store.ts'],
      ),
    ],
  },
  {
    files: ['apps/*/src/*.ts', ...inApps(ownFiles).map((file) => `!${file}`)],
    not: [
      ...service,
      group(
        'A rule imports no transport, no database and no configuration: what it needs is passed in.',
        ...[...transport, ...database, ...upwards, './problems.ts', './*-store.ts', './*-client.ts'],
        ...['./proxy/**', '!./proxy/visitor.ts'],
      ),
    ],
  },
  {
    files: ['packages/verify/src/*.ts'],
    not: [
      alone,
      group(
        'The core of @auth/verify knows no HTTP, no files, no network.',
        ...[
          'express',
          './express/**',
          './client/**',
          './jwks/**',
          './testing/**',
          'node:http',
          'node:https',
          'node:net',
        ],
        ...['node:fs', 'node:fs/**', 'node:process', 'undici'],
      ),
    ],
    globals: {
      ...{ ...noClock, ...noProcess, fetch: 'No network.' },
      ...{ setTimeout: 'No hidden time.', setInterval: 'No hidden time.' },
    },
  },
  {
    files: ['packages/verify/src/express/*.ts'],
    not: [alone, group('The guards stand on the core alone.', '../client/**', '../jwks/**', '../testing/**', 'undici')],
  },
  {
    files: ['packages/verify/src/client/*.ts'],
    not: [
      alone,
      group('The client stands on the core alone.', 'express', '../express/**', '../jwks/**', '../testing/**'),
    ],
  },
  {
    files: ['packages/verify/src/jwks/*.ts'],
    not: [
      alone,
      group(
        'The source of keys stands on the core alone.',
        ...['express', '../express/**', '../client/**', '../testing/**', 'undici'],
      ),
    ],
    globals: { ...noClock, ...noProcess, fetch: 'It cannot be ended at once while it connects.' },
  },
  {
    files: ['packages/contracts/src/**'],
    not: [group('Contracts are data and zod.', '@auth/**', 'node:*', 'express', apps)],
  },
  { files: ['packages/command/src/**'], not: [group('Commands stand on node alone.', '@auth/**', 'express', apps)] },
  {
    files: ['packages/http/src/**'],
    not: [group('@auth/http knows no tokens and no keys.', '@auth/**', 'jsonwebtoken', apps), proxying],
  },
  {
    files: ['packages/keys/src/**'],
    not: [
      tools,
      group(
        'Keys stand on the core of @auth/verify and on the contracts.',
        ...['express', ...database, '@auth/http', '@auth/verify/**', apps],
      ),
    ],
  },
  {
    files: ['packages/revocation/src/**'],
    not: [
      tools,
      group(
        'The revocation feed stands on the core of @auth/verify: its keys are handed in.',
        ...['express', '@auth/contracts', ...database, '@auth/http', '@auth/keys', '@auth/verify/**', apps],
      ),
    ],
  },
  {
    files: ['packages/service/src/**'],
    not: [
      tools,
      proxying,
      group(
        "A service's frame stands on http, keys, contracts and the core of @auth/verify; the service itself is handed in.",
        ...['express', ...database, '@auth/verify/express', '@auth/verify/client', ...Object.keys(databases), apps],
      ),
    ],
  },
  {
    files: ['prisma/src/**', '!prisma/src/session-client.ts'],
    not: [
      group('The database layer knows databases.', '@auth/**', 'express', 'zod', apps),
      group('Connections are made in session-client.ts alone: their settings give our SQL its meaning.', 'pg'),
    ],
  },
  {
    files: ['prisma/src/session-client.ts'],
    not: [group('The database layer knows databases.', '@auth/**', 'express', 'zod', apps)],
  },
  {
    files: ['tools/ops/src/calls/**'],
    not: [
      group(
        'The command that shows the map stands on the map alone.',
        '@auth/verify',
        '@auth/http',
        '@auth/keys',
        'express',
        apps,
      ),
    ],
  },
  {
    files: ['tools/dev/src/**'],
    not: [
      group(
        'The launcher starts apps as processes; it imports none, and no test.',
        ...['@auth/http', '@auth/testkit', '@auth/testkit/**', '@auth/lab/**', ...Object.keys(databases), apps],
      ),
    ],
  },
];

const error = (options) => ({ level: 'error', options });
const overrides = borders.map(({ files, not, globals }) => ({
  includes: [...files, '!**/*.test.ts'],
  linter: {
    rules: {
      style: {
        noRestrictedImports: error({
          patterns: not.map(({ imports, reason }) => ({ group: imports, message: reason })),
        }),
        ...(globals && { noRestrictedGlobals: error({ deniedGlobals: globals }) }),
      },
    },
  },
}));
const file = new URL('../../biome.boundaries.json', import.meta.url);
const text = `${JSON.stringify({ overrides })}\n`;
if (!argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  stderr.write('biome.boundaries.json is not what tools/dev/borders.mjs says: run pnpm borders\n');
  exit(1);
}
