import type { CommandSpec } from '@auth/command';
import { developmentVariables } from '../../development-variables.ts';

const dir = {
  value: '<folder>',
  help: 'the folder of the documents (default: <DATA_DIR>/keys)',
};
const json = { help: 'print what was done as JSON' };
const admin = {
  value: '<service>=<url>',
  multiple: true,
  help: 'the admin port of a running service, once for each replica (default: those of pnpm dev, without --dir)',
} as const;
const force = { help: 'take a step though a service is not ready for it' };
const common = { dir, json };
const variables = { DATA_DIR: developmentVariables.DATA_DIR };
const alg = (usual: string) => ({
  value: '<RS256|PS256|ES256|EdDSA>',
  help: `what a new signing key signs with (default: ${usual})`,
});

/** The commands of `pnpm keys`, each with the options that it understands. */
export const keysCommands = {
  init: {
    name: 'pnpm keys init',
    summary: 'Writes one key document per service. Keys that are there stay as they are.',
    variables,
    options: {
      ...common,
      folders: { help: 'give each service a folder of its own, <dir>/<service>/keys.json, for containers to mount' },
      issuer: { value: '<url>', help: 'the iss of access tokens (default: the one that is there)' },
      alg: alg('RS256'),
    },
  },
  status: {
    name: 'pnpm keys status',
    summary: 'Shows every key, its state and age, who has loaded it, and what is safe to do next.',
    variables,
    options: { ...common, admin, reveal: { help: 'print the secrets of edges as well' } },
  },
  check: {
    name: 'pnpm keys check',
    summary: 'Compares the documents with each other and with the contracts. Exits 1 when something is wrong.',
    variables,
    options: common,
  },
  rotate: {
    name: 'pnpm keys rotate',
    summary: 'Takes the next step of a rotation: signing, sessions, edge <caller> <callee>, or all.',
    variables,
    arguments: ['<what>', '[<caller>', '<callee>]'],
    options: {
      ...common,
      admin,
      force,
      alg: alg('as the one before'),
      wait: { help: 'take every step to the end, waiting for services that are not ready' },
    },
  },
  retire: {
    name: 'pnpm keys retire',
    summary: 'Takes only the last step, of every rotation that is ready for it.',
    variables,
    options: { ...common, admin, force },
  },
  revoke: {
    name: 'pnpm keys revoke',
    summary: 'Removes a key at once, in an emergency. Exits 1 until every running service has confirmed it.',
    variables,
    arguments: ['<kid>'],
    options: { ...common, admin },
  },
  'add-service': {
    name: 'pnpm keys add-service',
    summary: 'Writes a document for a new service.',
    variables,
    arguments: ['<name>'],
    options: common,
  },
  allow: {
    name: 'pnpm keys allow',
    summary: 'Makes a key for calls from one service to another, at both ends.',
    variables,
    arguments: ['<caller>', '<callee>'],
    options: common,
  },
  forbid: {
    name: 'pnpm keys forbid',
    summary: 'Removes the keys for calls from one service to another. Exits 1 until the callee has confirmed it.',
    variables,
    arguments: ['<caller>', '<callee>'],
    options: { ...common, admin },
  },
  'blast-radius': {
    name: 'pnpm keys blast-radius',
    summary: 'Says what a holder of the document of a service could do, and what to revoke then.',
    variables,
    arguments: ['<service>'],
    options: common,
  },
  token: {
    name: 'pnpm keys token',
    summary: 'Makes an access token (--user), or a service token for one request (--from, --to, --operation).',
    variables,
    options: {
      ...common,
      user: { value: '<ada|admin>', help: 'a demo account' },
      from: { value: '<caller>', help: 'the service that calls' },
      to: { value: '<callee>', help: 'the service that is called' },
      operation: { value: '<resource.verb>', help: 'what it asks for, such as quotes.create' },
      param: { value: '<name>=<value>', multiple: true, help: 'a parameter of the path' },
      body: { value: '<json>', help: 'the content of the request' },
    },
    notes: ['With keys of development only.'],
  },
  help: { name: 'pnpm keys help', summary: 'Prints help.', arguments: ['[<command>]'], options: common },
} as const satisfies Readonly<Record<string, CommandSpec>>;

/** `pnpm keys`. */
export const keysSpec = {
  name: 'pnpm keys',
  summary: 'Makes, rotates and revokes the keys that services sign and verify with.',
  commands: keysCommands,
} as const satisfies CommandSpec;
