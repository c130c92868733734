import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { initKeyDocuments } from './init.ts';
import { KeyDocumentError } from './key-document-error.ts';

const usage = `usage: pnpm keys init [--dir <folder>] [--issuer <url>]

  init   write one key document per service, each with only what that service needs;
         keys that are there stay as they are

  --dir      where the documents are      (default: <DATA_DIR>/keys, DATA_DIR is .data unless set)
  --issuer   the iss of access tokens     (default: the one that is there, else http://127.0.0.1:4001)`;

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const parsed = parse(args);
  if (parsed === undefined || parsed.positionals.join(' ') !== 'init') return fail(usage, 64);
  const { dir = join(dataDir(env), 'keys'), issuer } = parsed.values;
  if (issuer !== undefined && !URL.canParse(issuer))
    return fail(`--issuer must be a URL such as https://auth.example.com`, 64);
  try {
    const { created, updated } = await initKeyDocuments({ dir, issuer });
    for (const service of created) say(`created ${join(dir, `${service}.json`)}`);
    for (const service of updated) say(`updated ${join(dir, `${service}.json`)}`);
    if (created.length + updated.length === 0) say(`nothing to do: the documents in ${dir} are complete`);
    else say('next: give each service its own document as AUTH_KEYS_FILE (or its text as AUTH_KEYS), and no other');
    return 0;
  } catch (error) {
    if (error instanceof KeyDocumentError) return fail(error.message, error.exitCode);
    throw error;
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { dir: { type: 'string' }, issuer: { type: 'string' } },
    });
  } catch {
    return undefined;
  }
}

function dataDir(env: NodeJS.ProcessEnv): string {
  return env['DATA_DIR'] || fileURLToPath(new URL('../../../.data', import.meta.url));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string, code: number): number {
  process.stderr.write(`${message}\n`);
  return code;
}
