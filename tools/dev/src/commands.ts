import type { CommandSpec, VariableSpec } from '@auth/command';
import { developmentVariables } from '@auth/ops/development-variables';
import { databaseNames, databaseSetting, directDatabaseSetting } from './stack/services.ts';

/** The databases of the developer that replace embedded ones. */
const databaseVariables: Readonly<Record<string, VariableSpec>> = Object.fromEntries([
  ...databaseNames.map((name) => [databaseSetting(name), { help: `a database of your own for ${name}` }]),
  ['DATABASE_POOLER', { help: 'the pooler in front of databases of your own: none or transaction', default: 'none' }],
  ...databaseNames.map((name) => [
    directDatabaseSetting(name),
    { help: `the database of ${name} without the pooler, for migrations` },
  ]),
]);

/** The commands of this folder. */
export const devCommands = {
  dev: {
    name: 'pnpm dev',
    summary:
      'Starts every service with its database, keys and demo data, and restarts a service when its files change.',
    variables: { ...developmentVariables, ...databaseVariables },
    notes: ['Every other variable is passed to the services: docs/configuration.md lists them.'],
  },
  pages: {
    name: 'pnpm pages',
    summary:
      'Writes the tables of docs/configuration.md, docs/commands.md and docs/rest.md from the settings and the commands.',
    options: { check: { help: 'write nothing, and exit 1 when a page is not current' } },
  },
  new: {
    name: 'pnpm new',
    summary: 'Adds a service.',
    commands: {
      service: {
        name: 'pnpm new service',
        summary:
          'Adds a small working service: its app and tests in apps/<name>, its name and operation in the contracts.',
        arguments: ['<name>'],
        options: {
          calls: {
            value: '<operation>',
            multiple: true,
            help: 'an operation of another service that it may call, such as order:orders.read',
          },
        },
        variables: { DATA_DIR: developmentVariables.DATA_DIR },
        notes: [
          'Everything is checked before the first file is written. When a later step fails, what was written is removed again.',
        ],
      },
    },
  },
  'release:verify': {
    name: 'pnpm release:verify',
    summary: 'Makes a package of packages/verify under your name, ready to be published.',
    options: {
      name: { value: '<name>', help: 'the name of the package, such as @acme/verify' },
      version: { value: '<version>', help: 'its version (default: that of packages/verify/package.json)' },
      repository: {
        value: '<url>',
        help: 'your repository in a browser: in the manifest, and for links of the README',
      },
      homepage: { value: '<url>', help: 'the homepage in the manifest (default: none)' },
      bugs: { value: '<url>', help: 'where to report mistakes, in the manifest (default: nowhere)' },
      out: { value: '<folder>', help: 'where the tarball is written (default: release)' },
    },
    notes: ['The tarball is checked with publint and attw. Nothing is published.'],
  },
  'db:migrate': {
    name: 'pnpm db:migrate',
    summary: 'Applies the pending migrations of the named services, or of all.',
    arguments: ['[<service>]…'],
    variables: { DATA_DIR: developmentVariables.DATA_DIR, ...databaseVariables },
    notes: ['Without any database of your own, the databases of pnpm dev are migrated.'],
  },
  'db:diff': {
    name: 'pnpm db:diff',
    summary:
      'Writes prisma/<service>/migrations/<time>_<name>/migration.sql with what is new in prisma/<service>/schema.prisma.',
    arguments: ['<service>', '<name>'],
    variables: databaseVariables,
    notes: [
      '<name> says what changes, in lower case: add_order_note',
      'The migrations are tried on the server of the first DATABASE_URL_… that is set, otherwise on an embedded Postgres.',
    ],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
