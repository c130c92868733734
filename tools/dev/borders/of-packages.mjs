import { appNames, apps, database, group, plainData, proxying, tools } from './groups.mjs';

const alone = group('@auth/verify stands alone.', '@auth/**', apps);
const anyVerify = ['@auth/verify/**', ...plainData];
const noClock = { Date: 'No clock but the one passed in.', performance: 'No clock but the one passed in.' };
const noProcess = { process: 'No environment.' };

/** The imports and globals that packages, the database layer and tools may not use. */
export const bordersOfPackages = [
  {
    files: ['packages/verify/src/*.ts'],
    not: [
      alone,
      group(
        'The core of @auth/verify knows no HTTP, no files, no network.',
        ...[
          'express',
          './express/**',
          './http/**',
          './node/**',
          './client/**',
          './issuer/**',
          './jwks/**',
          './presets/**',
          './testing/**',
          'jsonwebtoken',
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
    files: ['packages/verify/src/http/*.ts'],
    not: [
      alone,
      group(
        'What knows requests but no server stands on the core alone.',
        ...['express', '../express/**', '../node/**', '../client/**', '../issuer/**', '../jwks/**', '../testing/**'],
        ...['node:http', 'node:https', 'node:net', 'node:fs', 'node:fs/**', 'node:process', 'undici'],
      ),
    ],
    globals: { ...noClock, ...noProcess, fetch: 'No network.' },
  },
  {
    files: ['packages/verify/src/node/*.ts'],
    not: [
      alone,
      group(
        'The guard of node:http works without Express.',
        ...['express', '../express/**', '../client/**', '../issuer/**', '../jwks/**', '../testing/**', 'undici'],
      ),
    ],
    globals: { ...noClock, ...noProcess },
  },
  {
    files: ['packages/verify/src/express/*.ts'],
    not: [
      alone,
      group(
        'The guards stand on the core, and on what they share with node:http.',
        ...['../client/**', '../issuer/**', '../jwks/**', '../testing/**', 'undici'],
      ),
    ],
  },
  {
    files: ['packages/verify/src/client/*.ts'],
    not: [
      alone,
      group(
        'The client stands on the core alone.',
        ...['express', '../express/**', '../http/**', '../node/**', '../issuer/**', '../jwks/**', '../testing/**'],
      ),
    ],
  },
  {
    files: ['packages/verify/src/issuer/*.ts'],
    not: [
      alone,
      group(
        'The issuer stands on the core alone.',
        ...[
          'express',
          '../express/**',
          '../http/**',
          '../node/**',
          '../client/**',
          '../jwks/**',
          '../testing/**',
          'undici',
        ],
      ),
    ],
    globals: { ...noClock, ...noProcess, fetch: 'No network.' },
  },
  {
    files: ['packages/verify/src/jwks/*.ts'],
    not: [
      alone,
      group(
        'The source of keys stands on the core alone.',
        ...[
          'express',
          '../express/**',
          '../http/**',
          '../node/**',
          '../client/**',
          '../issuer/**',
          '../testing/**',
          'undici',
        ],
      ),
    ],
    globals: { ...noClock, ...noProcess, fetch: 'It cannot be ended at once while it connects.' },
  },
  {
    files: ['packages/verify/src/presets/*.ts'],
    not: [
      alone,
      group(
        'A preset is plain data of the form that the core names.',
        ...['../**', '!../access-token-profile.ts', 'zod', 'express', 'jsonwebtoken', 'node:*', 'undici'],
      ),
    ],
    globals: { ...noClock, ...noProcess, fetch: 'No network.' },
  },
  {
    files: ['packages/contracts/src/**'],
    not: [group('Contracts are data and zod.', '@auth/**', 'node:*', 'express', apps)],
  },
  { files: ['packages/command/src/**'], not: [group('Commands stand on node alone.', '@auth/**', 'express', apps)] },
  {
    files: ['packages/http/src/**'],
    not: [
      group('@auth/http knows no tokens and no keys.', ...['@auth/**', ...plainData, 'jsonwebtoken', apps]),
      proxying,
    ],
  },
  {
    files: ['packages/keys/src/**'],
    not: [
      tools,
      group(
        'Keys stand on the core of @auth/verify and on the contracts.',
        ...['express', ...database, '@auth/http', ...anyVerify, apps],
      ),
    ],
  },
  {
    files: ['packages/revocation/src/**'],
    not: [
      tools,
      group(
        'The revocation feed stands on the core of @auth/verify: its keys are handed in.',
        ...['express', '@auth/contracts', ...database, '@auth/http', '@auth/keys', ...anyVerify, apps],
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
        ...['express', ...database, '@auth/verify/express', '@auth/verify/client', ...appNames, apps],
      ),
    ],
  },
  {
    files: ['packages/service/src/service-app.ts'],
    not: [
      tools,
      proxying,
      group(
        'The app of a service is made from definitions: the service itself is handed in.',
        ...[...database, '@auth/verify/client', ...appNames, apps],
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
    files: ['tools/issuers/*.mjs'],
    not: [group('An issuer of others shares nothing with this project.', '@auth/**', '../**', apps)],
  },
  {
    files: ['tools/dev/src/**'],
    not: [
      group(
        'The launcher starts apps as processes; it imports none, and no test.',
        ...['@auth/http', '@auth/testkit', '@auth/testkit/**', '@auth/lab/**', ...appNames, apps],
      ),
    ],
  },
];
