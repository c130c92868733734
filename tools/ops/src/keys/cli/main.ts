import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandRun, runHere } from '@auth/command';
import { developmentVariables } from '../../development-variables.ts';
import { createGate } from '../manage/gate.ts';
import { openKeyStore } from '../manage/key-store.ts';
import { askReplicas, developmentReplicas } from '../manage/replicas.ts';
import { type Arguments, createKeysCommand, helpAbout } from './arguments.ts';
import { blastRadius } from './commands/blast-radius.ts';
import { check } from './commands/check.ts';
import { addService, allow, forbid } from './commands/edges.ts';
import { init } from './commands/init.ts';
import { revoke } from './commands/revoke.ts';
import { retire, rotate } from './commands/rotate.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import type { Command, Context } from './context.ts';

const help: Command = async ([name]) => {
  const text = helpAbout(name);
  return { lines: [text], json: { usage: text } };
};
const commands: Readonly<Record<string, Command>> = {
  help,
  init,
  status,
  check,
  rotate,
  retire,
  revoke,
  allow,
  forbid,
  token,
  'add-service': addService,
  'blast-radius': blastRadius,
};

/** `EX_IOERR` of sysexits.h. */
const ioErrorExitCode = 74;

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

await runHere(createKeysCommand(run));

async function run(args: Arguments, { variables, print, complain }: CommandRun): Promise<number> {
  const [name = '', ...words] = args.words;
  const dataDir = resolve(root, variables?.['DATA_DIR'] ?? developmentVariables.DATA_DIR.default);
  const now = () => new Date();
  const context: Context = {
    args,
    store: openKeyStore(args.dir ?? join(dataDir, 'keys'), { now }),
    by: `keys ${args.words.join(' ')}`,
    async askGate() {
      const isGiven = args.dir !== undefined || Object.keys(args.admin).length > 0;
      return createGate(await askReplicas(isGiven ? args.admin : await developmentReplicas(dataDir)));
    },
    now,
    say: (line) => args.json || print(line),
    warn: complain,
  };
  try {
    const { lines, json, exitCode = 0 } = await (commands[name] ?? help)(words, context);
    for (const line of args.json ? [JSON.stringify(json, null, 2)] : lines) print(line);
    return exitCode;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    complain(`the command stopped in the middle: ${error.message}. Repair the cause, and run it again`);
    return ioErrorExitCode;
  }
}

/** Whether an error is of the file system, such as a full disk or a document that is a mount point. It names no key. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
