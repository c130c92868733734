import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from './services.ts';

const here = fileURLToPath(new URL('..', import.meta.url));
const run = join(here, '../tools/run.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'generated-clients-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Prisma's command line generates the same client, byte for byte", () => {
  it.each(services)(
    'for %s',
    (service) => {
      cpSync(join(here, service, 'schema.prisma'), join(folder, service, 'schema.prisma'));
      generate(service);
      const [ours, theirs] = [join(here, 'generated', service), join(folder, 'generated', service)].map(filesOf);
      expect(theirs?.size).toBeGreaterThan(5);
      expect(ours).toEqual(theirs);
    },
    120_000,
  );
});

/** Runs `prisma generate`, which writes beside the folder of the schema. */
function generate(service: string): void {
  const args = [run, 'prisma-cli', 'prisma', 'generate', `--schema=${service}/schema.prisma`];
  const { status, stdout, stderr } = spawnSync(execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    // Generating needs no schema engine. The name of any file stops Prisma from downloading one.
    env: { ...env, PRISMA_SCHEMA_ENGINE_BINARY: execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (status !== 0) throw new Error(`prisma generate ended with ${status}:\n${stdout}${stderr}`);
}

/** Text of every file below a folder, by path. */
function filesOf(root: string): Map<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !path.endsWith('.stamp'));
  return new Map(paths.sort().map((path) => [path.slice(root.length), readFileSync(path, 'utf8')]));
}
