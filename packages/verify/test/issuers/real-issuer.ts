import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const pathOf = (path: string) => fileURLToPath(new URL(`../../../../tools/${path}`, import.meta.url));

/** An issuer that people run, as a process of its own: a program of tools/issuers. */
export interface RealIssuer {
  /** Has the program do one of its actions, and returns what it answers. */
  ask(action: string): Promise<unknown>;
  /** The origins that the program issues at, by name. */
  origins(): Promise<Readonly<Record<string, string>>>;
  /** Ends the process at once. It may be called twice. */
  stop(): Promise<void>;
}

/** Installs the issuers unless they are. @throws Error with the output of pnpm when they cannot be installed */
export function installIssuers(): void {
  const { status, stdout, stderr } = spawnSync(execPath, [pathOf('run.mjs'), 'issuers'], { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`These tests need the packages of tools/issuers, from a registry:\n${stdout}${stderr}`);
}

/** Starts a program of tools/issuers. Stop it when the tests are over. */
export async function startIssuer(name: string): Promise<RealIssuer> {
  const child = fork(pathOf(`issuers/${name}.mjs`), { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const complaints = child.stderr === null ? '' : text(child.stderr);
  const exit = once(child, 'exit');
  const next = async () => {
    const message = await Promise.race([once(child, 'message'), exit.then(() => undefined)]);
    if (message === undefined) throw new Error(`tools/issuers/${name}.mjs has ended:\n${await complaints}`);
    return answerOf(message[0]);
  };
  const ask = async (action: string) => {
    const answer = next();
    child.send({ action });
    return await answer;
  };
  await next();
  return {
    ask,
    origins: async () => recordOfTexts(await ask('origins')),
    stop: () => stop(child, exit),
  };
}

/** Starts another process of a program for as long as `use` runs, with the origins that it issues at. */
export async function whileRunning<T>(
  name: string,
  use: (origins: Readonly<Record<string, string>>, issuer: RealIssuer) => Promise<T>,
): Promise<T> {
  const issuer = await startIssuer(name);
  try {
    return await use(await issuer.origins(), issuer);
  } finally {
    await issuer.stop();
  }
}

async function stop(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await exit;
}

function answerOf(message: unknown): unknown {
  const { value, error } = Object(message) as { readonly value?: unknown; readonly error?: unknown };
  if (error !== undefined) throw new Error(String(error));
  return value;
}

/** Checks that an answer is an object of strings. */
export function recordOfTexts(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(Object(value));
  for (const [name, entry] of entries) if (typeof entry !== 'string') throw new Error(`${name} is no string`);
  return Object.fromEntries(entries.map(([name, entry]) => [name, String(entry)]));
}
