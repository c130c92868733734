import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeyDocumentError } from '@auth/keys/key-document-error';
import { createGate } from '../manage/gate.ts';
import { KeyCommandError } from '../manage/key-command-error.ts';
import { openKeyStore } from '../manage/key-store.ts';
import { askReplicas, developmentReplicas } from '../manage/replicas.ts';
import { helpAbout, parseArguments } from './arguments.ts';
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
  ...{ help, init, status, check, rotate, retire, revoke, allow, forbid, token },
  'add-service': addService,
  'blast-radius': blastRadius,
};

/** `EX_IOERR` of sysexits.h. */
const ioErrorExitCode = 74;

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(typed: string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const args = parseArguments(typed);
    const [name = '', ...words] = args.words;
    const command = commands[name] ?? help;
    const dataDir = env['DATA_DIR'] || fileURLToPath(new URL('../../../../../.data', import.meta.url));
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
      say: (line) => args.json || say(line),
      warn: (line) => process.stderr.write(`${line}\n`),
    };
    const { lines, json, exitCode = 0 } = await command(words, context);
    for (const line of args.json ? [JSON.stringify(json, null, 2)] : lines) say(line);
    return exitCode;
  } catch (error) {
    if (isSystemError(error)) {
      process.stderr.write(`the command stopped in the middle: ${error.message}. Repair the cause, and run it again\n`);
      return ioErrorExitCode;
    }
    if (!(error instanceof KeyDocumentError || error instanceof KeyCommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

/** Whether an error is of the file system, such as a full disk or a document that is a mount point. It names no key. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
