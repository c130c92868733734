import { database, databases, group, issuing, plainData, proxying, tools } from './groups.mjs';

const otherApps = group('An app imports nothing of another app: they meet over HTTP.', '../../**', '**/apps/**');
const transport = [
  'express',
  'zod',
  'pino',
  '@auth/http',
  '@auth/keys',
  '@auth/verify',
  '@auth/verify/**',
  ...plainData,
];
/** Patterns begin with any folder, since paths of imports are matched as written: `./config.ts` or `../config.ts`. */
const upwards = ['**/*routes.ts', '**/*handlers.ts', '**/app.ts', '**/compose.ts', '**/main.ts', '**/config.ts'];

/** Refuses routers made by hand, which would be in no API document and in no test of refusals. */
const handMade = {
  ...group('Routes are definitions: publicRoutes() and getRoutes() of @auth/http make routers of them.', 'express'),
  names: 'default|Router',
};
const issuer = [otherApps, tools, proxying, handMade];
const app = [otherApps, tools, issuing, handMade];
const service = [...app, proxying];
const store = group('A store knows its database and the types of its rules, nothing else.', ...transport, ...upwards);

/** The files of an app with a special duty; all others are rules. */
const httpFiles = ['app', '*routes', '*handlers', 'client-of-request', 'problems'];
const ownFiles = ['main', 'compose', '*-command', '*-store', ...httpFiles, 'config', '*-client'];
const inApps = (names, folder = 'apps/*/src') => names.map((name) => `${folder}/**/${name}.ts`);

const ownDatabases = Object.entries(databases).flatMap(([name, entries]) => {
  const own = group(
    'One database per service: open your own.',
    ...['@auth/db/*', ...entries.map((entry) => `!@auth/db/${entry}`)],
  );
  const main = name === 'gateway' ? app : service;
  return [
    { files: inApps(['main', 'compose', '*-command'], `apps/${name}/src`), not: [...main, own] },
    { files: inApps(['*-store'], `apps/${name}/src`), not: [...service, own, store] },
  ];
});

/** The imports that files of the apps may not have. A later row replaces an earlier one for its files. */
export const bordersOfApps = [
  {
    files: inApps(['main', 'compose', '*-command', '*-store']),
    not: [...service, group('A service opens no database but its own, which a row of its own allows.', '@auth/db/*')],
  },
  ...ownDatabases,
  {
    files: ['apps/gateway/src/proxy/**'],
    not: [
      ...app,
      group(
        'The proxy hands requests on: who sends one, and what it may use, is passed in.',
        ...[...database, '@auth/keys', 'express', ...upwards, '**/*-store.ts'],
      ),
    ],
  },
  {
    files: inApps(httpFiles),
    not: [
      ...service,
      group(
        'HTTP talks to rules; only compose.ts puts a store under them.',
        ...[
          '@auth/db',
          '@auth/db/*',
          '!@auth/db/errors',
          '**/*-store.ts',
          '**/config.ts',
          '**/compose.ts',
          '**/main.ts',
        ],
      ),
    ],
  },
  {
    files: inApps(['config']),
    not: [
      ...service,
      group(
        'Configuration is parsed text and nothing else.',
        'express',
        ...database,
        '@auth/verify/express',
        './*',
        '../*',
      ),
    ],
  },
  {
    files: inApps(['*-client']),
    not: [
      ...service,
      group(
        'A client knows @auth/verify/client and @auth/contracts.',
        ...['express', 'zod', '@auth/http', ...database, '@auth/keys', ...upwards, '**/*-store.ts'],
      ),
    ],
  },
  {
    files: ['apps/*/src/**/*.ts', '!apps/gateway/src/proxy/**', ...inApps(ownFiles).map((file) => `!${file}`)],
    not: [
      ...service,
      group(
        'A rule imports no transport, no database and no configuration: what it needs is passed in.',
        ...[...transport, ...database, ...upwards, '**/problems.ts', '**/*-store.ts', '**/*-client.ts'],
        '**/proxy/**',
      ),
    ],
  },
  {
    files: inApps(['tokens'], 'apps/user/src'),
    not: [
      ...issuer,
      group(
        'The issuer signs access tokens through @auth/verify/issuer: the key is passed in.',
        ...[
          ...transport,
          '!@auth/verify/issuer',
          ...database,
          ...upwards,
          '**/problems.ts',
          '**/*-store.ts',
          '**/*-client.ts',
        ],
      ),
    ],
  },
];
