import { parseArgs } from 'node:util';
import { ServiceName } from '@auth/verify';
import { KeyCommandError } from '../manage/key-command-error.ts';
import type { AdminUrls } from '../manage/replicas.ts';
import { usage } from './usage.ts';

/** The command line of `pnpm keys`, taken apart. */
export interface Arguments {
  /** The command and what it is about: `['rotate', 'edge', 'order', 'product']`. */
  readonly words: readonly string[];
  readonly dir: string | undefined;
  readonly issuer: string | undefined;
  readonly admin: AdminUrls;
  readonly wait: boolean;
  readonly force: boolean;
  readonly reveal: boolean;
  readonly json: boolean;
  readonly token: {
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly operation: string | undefined;
    readonly params: Readonly<Record<string, string>>;
    readonly body: string | undefined;
    readonly user: string | undefined;
  };
}

const options = {
  dir: { type: 'string' },
  issuer: { type: 'string' },
  admin: { type: 'string', multiple: true },
  wait: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  reveal: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  from: { type: 'string' },
  to: { type: 'string' },
  operation: { type: 'string' },
  param: { type: 'string', multiple: true },
  body: { type: 'string' },
  user: { type: 'string' },
} as const;

/** Reads the command line. @throws KeyCommandError (64) with the usage when it is not one */
export function parseArguments(args: readonly string[]): Arguments {
  const { positionals: words, values } = parse(args);
  const { dir, issuer, wait, force, reveal, json, from, to, operation, body, user } = values;
  if (issuer !== undefined && !URL.canParse(issuer)) {
    throw new KeyCommandError('--issuer must be a URL such as https://auth.example.com', 64);
  }
  if (dir === '') throw new KeyCommandError('--dir needs a folder', 64);
  const token = { from, to, operation, params: readParams(values.param ?? []), body, user };
  return {
    words: values.help ? ['help'] : words,
    dir,
    issuer,
    admin: readAdmin(values.admin ?? []),
    wait,
    force,
    reveal,
    json,
    token,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const reason = error instanceof Error || isErrorLike(error) ? `${error.message}\n\n` : '';
    throw new KeyCommandError(`${reason}${usage}`, 64);
  }
}

function isErrorLike(value: unknown): value is { message: string } {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

function readAdmin(given: readonly string[]): AdminUrls {
  const urls: Record<string, string[]> = {};
  for (const pair of given) {
    const [service, url] = split(pair);
    if (!ServiceName.safeParse(service).success || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new KeyCommandError(`--admin ${pair} is not <service>=<url>, such as order=http://127.0.0.1:4103`, 64);
    }
    urls[service] = [...(urls[service] ?? []), url];
  }
  return urls;
}

function readParams(given: readonly string[]): Readonly<Record<string, string>> {
  const bare = given.find((pair) => !/^\w+=./.test(pair));
  if (bare !== undefined) throw new KeyCommandError(`--param ${bare} is not <name>=<value>`, 64);
  return Object.fromEntries(given.map(split));
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
