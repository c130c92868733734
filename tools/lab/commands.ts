import type { CommandSpec } from '@auth/command';

const write = { write: { help: 'writes what was measured into docs/performance.md' } };
const rounds = (usual: string) => ({ ROUNDS: { help: 'how many rounds', default: usual } });
const portBase = (usual: string) => ({ PORT_BASE: { help: 'the first port of the services', default: usual } });
const ownRedis = {
  REDIS_URL: { help: 'the Redis to use; without it a Redis is started, where redis-server is installed' },
};

/** The commands of this folder: what measures the project, and what rehearses its bad days. */
export const labCommands = {
  'bench:verify': {
    name: 'pnpm bench:verify',
    summary: 'Measures what the verification of a token costs.',
  },
  'bench:http': {
    name: 'pnpm bench:http',
    summary:
      'Measures what it costs a server to know who asks, and writes docs/performance.md. Exits 1 above the limits.',
    options: {
      quick: { help: 'fewer and shorter rounds, which are not published' },
      rounds: { value: '<number>', help: 'so many rounds, which are not published' },
      rows: { value: '<key,key>', help: 'of the rows that are not judged only these; not published' },
    },
    variables: ownRedis,
  },
  'bench:signatures': {
    name: 'pnpm bench:signatures',
    summary: 'Measures access tokens of RS256 and of ES256.',
  },
  'bench:revocations': {
    name: 'pnpm bench:revocations',
    summary: 'Measures what a check for revocation costs.',
  },
  'bench:logins': {
    name: 'pnpm bench:logins',
    summary: 'Measures how long others wait at the user app while logins queue. Exits 1 above the limit.',
    variables: portBase('45000'),
  },
  'bench:login-neighbours': {
    name: 'pnpm bench:login-neighbours',
    summary: 'Measures how long others wait while logins keep bcrypt busy. Exits 1 above the limit.',
    options: write,
    variables: rounds('7'),
  },
  'bench:refresh': {
    name: 'pnpm bench:refresh',
    summary: 'Measures the processor time of a refresh and of a login. Exits 1 when a refresh is above the limit.',
    options: write,
    variables: rounds('9'),
  },
  'bench:orders': {
    name: 'pnpm bench:orders',
    summary: 'Measures order placement with all checks and with none, by turns. Exits 1 below the limit.',
    options: write,
    variables: {
      ...rounds('7'),
      ROUND_SECONDS: { help: 'how long each composition is measured in each round', default: '4' },
    },
  },
  'bench:revocation': {
    name: 'pnpm bench:revocation',
    summary: 'Measures how long after a logout other services still take the token. Exits 1 above the limit.',
    variables: {
      LOGOUTS: { help: 'how many logouts', default: '200' },
      REDIS_URL: { help: 'the Redis to use', default: 'redis://127.0.0.1:6379' },
      ...portBase('46000'),
    },
  },
  'bench:start': {
    name: 'pnpm bench:start',
    summary: 'Measures how long pnpm dev takes to be ready when everything is installed and compiled.',
    options: write,
    variables: portBase('46000'),
  },
  'bench:idle': {
    name: 'pnpm bench:idle',
    summary:
      'Measures what services cost: idle, and product under 16 connections. Built services unless --dev is given.',
    options: { dev: { help: 'measures those of pnpm dev, and its launcher' }, ...write },
    variables: portBase('46000'),
  },
  'bench:login-timing': {
    name: 'pnpm bench:login-timing',
    summary:
      'Measures whether time reveals who has an account. Exits 1 when two medians differ by more than the limit.',
    variables: portBase('45000'),
  },
  drill: {
    name: 'pnpm drill',
    summary: 'Rehearses what must go well on a bad day, on real processes. Exits 1 when it does not.',
    arguments: ['[<drill>]…'],
    variables: {
      OUTAGE_SECONDS: {
        help: 'how long the drill outage stops the user app, in seconds; a shorter outage is not drawn',
        default: '60',
      },
      ...portBase('46000'),
    },
    notes: ['Drills: rotation, revoke, outage. All of them unless named.'],
  },
  compare: {
    name: 'pnpm compare',
    summary:
      'Measures every way of finding out who asks, and writes docs/compare.md. Exits 1 when a bearer token costs more than a session in Redis.',
    variables: {
      COMPARE_SECONDS: {
        help: 'how long the load lasts, 1 to 300; a run shorter than the default is not published',
        default: '50',
      },
      ...ownRedis,
    },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
