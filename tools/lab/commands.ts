import type { CommandSpec } from '@auth/command';

const write = { write: { help: 'writes the results into docs/performance.md' } };
const rounds = (usual: string) => ({ ROUNDS: { help: 'the number of rounds', default: usual } });
const portBase = (usual: string) => ({ PORT_BASE: { help: 'the first port of the services', default: usual } });
const ownRedis = {
  REDIS_URL: { help: 'the Redis to use; without it a Redis is started, where redis-server is installed' },
};

/** The commands of the lab: benchmarks, the comparison and drills. */
export const labCommands = {
  'bench:verify': {
    name: 'pnpm bench:verify',
    summary: 'Measures the cost of verifying a token.',
  },
  'bench:http': {
    name: 'pnpm bench:http',
    summary: 'Measures the cost of authenticating a request, and writes docs/performance.md. Exits 1 above the limits.',
    options: {
      quick: { help: 'runs fewer and shorter rounds, and writes nothing' },
      rounds: { value: '<number>', help: 'runs this number of rounds, and writes nothing' },
      rows: { value: '<key,key>', help: 'measures only these of the rows without limits, and writes nothing' },
    },
    variables: ownRedis,
  },
  'bench:signatures': {
    name: 'pnpm bench:signatures',
    summary: 'Measures access tokens with RS256, ES256 and EdDSA.',
  },
  'bench:revocations': {
    name: 'pnpm bench:revocations',
    summary: 'Measures the cost of a check for revocation.',
  },
  'bench:logins': {
    name: 'pnpm bench:logins',
    summary: 'Measures the latency of other requests to the user app while logins queue. Exits 1 above the limit.',
    variables: portBase('45000'),
  },
  'bench:login-neighbours': {
    name: 'pnpm bench:login-neighbours',
    summary: 'Measures the latency of other requests while logins keep bcrypt busy. Exits 1 above the limit.',
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
    summary: 'Measures order placement with all checks and with none, in turn. Exits 1 below the limit.',
    options: write,
    variables: {
      ...rounds('7'),
      ROUND_SECONDS: { help: 'how long each composition is measured in a round, in seconds', default: '4' },
    },
  },
  'bench:revocation': {
    name: 'pnpm bench:revocation',
    summary: 'Measures how long other services accept a token after a logout. Exits 1 above the limit.',
    variables: {
      LOGOUTS: { help: 'the number of logouts', default: '200' },
      REDIS_URL: { help: 'the Redis to use', default: 'redis://127.0.0.1:6379' },
      ...portBase('46000'),
    },
  },
  'bench:start': {
    name: 'pnpm bench:start',
    summary: 'Measures the time until pnpm dev is ready, with everything installed and compiled.',
    options: write,
    variables: portBase('46000'),
  },
  'bench:idle': {
    name: 'pnpm bench:idle',
    summary: 'Measures processor time and memory of idle built services, and of product with 16 connections.',
    options: { dev: { help: 'measures the services of pnpm dev and its launcher in place of built ones' }, ...write },
    variables: portBase('46000'),
  },
  'bench:login-timing': {
    name: 'pnpm bench:login-timing',
    summary:
      'Measures whether the time of an answer reveals accounts. Exits 1 when two medians differ by more than the limit.',
    variables: portBase('45000'),
  },
  'bench:issuer-away': {
    name: 'pnpm bench:issuer-away',
    summary: 'Shows what clients are answered while the issuer is away, by @auth/verify and by other libraries.',
    options: { write: { help: 'writes the results into docs/issuer-away.md' } },
  },
  drill: {
    name: 'pnpm drill',
    summary: 'Rehearses failures and key rotation on real processes. Exits 1 when requests fail that must not.',
    arguments: ['[<drill>]…'],
    variables: {
      OUTAGE_SECONDS: {
        help: 'how long the drill outage stops the user app, in seconds; an outage of less than 60 is not drawn',
        default: '60',
      },
      ...portBase('46000'),
    },
    notes: ['Drills: rotation, revoke, outage. Without a name all of them run.'],
  },
  compare: {
    name: 'pnpm compare',
    summary:
      'Measures the ways to authenticate a request, and writes docs/compare.md. Exits 1 when a bearer token costs more than a session in Redis.',
    variables: {
      COMPARE_SECONDS: {
        help: 'the length of the load in seconds, 1 to 300; a run shorter than the default is not written',
        default: '50',
      },
      ...ownRedis,
    },
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;
