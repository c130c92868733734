import { type Command, type CommandRun, defineCommand, findCommand, helpText } from '@auth/command';
import type { SigningJwk } from '@auth/keys/signing-key';
import { ownProfile, ServiceName } from '@auth/verify';
import { KeyCommandError } from '../manage/key-command-error.ts';
import type { AdminUrls } from '../manage/replicas.ts';
import { keysCommands, keysSpec } from './command-specs.ts';

/** The parsed command line of `pnpm keys`. */
export interface Arguments {
  /** The command and its arguments: `['rotate', 'edge', 'order', 'product']`. */
  readonly words: readonly string[];
  readonly dir: string | undefined;
  readonly issuer: string | undefined;
  /** The algorithm of a new signing key. */
  readonly alg: SigningJwk['alg'] | undefined;
  readonly admin: AdminUrls;
  readonly folders: boolean;
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

/** The value of any option of any command: absent where the command does not have it. */
type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Creates `pnpm keys`. `run` runs the command that the arguments name, and returns the exit code. */
export function createKeysCommand(run: (args: Arguments, given: CommandRun) => Promise<number>): Command {
  const commands = Object.entries(keysCommands).map(([name, spec]) => {
    const command = defineCommand({ ...spec, run: (given: CommandRun) => run(readArguments(name, given), given) });
    return [name, command] as const;
  });
  return defineCommand({ ...keysSpec, commands: Object.fromEntries(commands) });
}

/** Returns the help text of a command, or of all commands. @throws UsageError for an unknown command */
export function helpAbout(name: string | undefined): string {
  return helpText(name === undefined ? keysSpec : keysCommands[findCommand(keysSpec, name)]);
}

/** Checks the options of a command. @throws UsageError, or KeyCommandError (64) */
function readArguments(name: string, { words, options, refuse }: CommandRun): Arguments {
  const values: Values = { ...options };
  const { issuer, dir, alg } = values;
  if (alg !== undefined && algorithmIn(values) === undefined) {
    refuse(`--alg must be ${ownProfile.algorithms.slice(0, -1).join(', ')} or ${ownProfile.algorithms.at(-1)}`);
  }
  if (typeof issuer === 'string' && !URL.canParse(issuer))
    refuse('--issuer must be a URL such as https://auth.example.com');
  if (dir === '') refuse('--dir needs a folder');
  return argumentsOf([name, ...words], values);
}

function argumentsOf(words: readonly string[], values: Values): Arguments {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const list = (name: string) => (Array.isArray(values[name]) ? values[name].map(String) : []);
  const [from, to, operation] = [text('from'), text('to'), text('operation')];
  return {
    words,
    dir: text('dir'),
    issuer: text('issuer'),
    admin: readAdmin(list('admin')),
    alg: algorithmIn(values),
    folders: values['folders'] === true,
    wait: values['wait'] === true,
    force: values['force'] === true,
    reveal: values['reveal'] === true,
    json: values['json'] === true,
    token: { from, to, operation, params: readParams(list('param')), body: text('body'), user: text('user') },
  };
}

function algorithmIn({ alg }: Values): SigningJwk['alg'] | undefined {
  return ownProfile.algorithms.find((name) => name === alg);
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
