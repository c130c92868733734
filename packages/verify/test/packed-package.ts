import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tools = join(root, '../../tools/check/node_modules');

/** A folder with the packed package and what it depends on: nothing else of this workspace. */
export interface PackedPackage {
  readonly folder: string;
  readonly tarball: string;
  /** Runs a command in the folder to its end and gives its output. @throws Error with the output when it fails */
  run(file: string, args: readonly string[]): string;
  /** Runs a command of `tools/check`, such as `publint`. */
  runTool(name: string, args: readonly string[]): void;
  /** Compiles TypeScript files to JavaScript beside them, strictly and with the types of all libraries checked. */
  compile(files: readonly string[]): void;
  /** Replaces Express and its types by another version, or removes it, while `use` runs. */
  withExpress<T>(version: 4 | 'none', use: () => Promise<T> | T): Promise<T>;
  remove(): void;
}

/** Builds and packs the package. This takes some seconds. */
export function packPackage(): PackedPackage {
  const folder = mkdtempSync(join(tmpdir(), 'auth-verify-'));
  run(execPath, ['build.mjs'], root);
  run('npx', ['-y', 'pnpm', 'pack', '--pack-destination', folder], root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const tarball = join(folder, `auth-verify-${version}.tgz`);
  run('tar', ['xzf', tarball], folder);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@auth'), { recursive: true });
  cpSync(join(folder, 'package'), join(modules, '@auth/verify'), { recursive: true });
  mkdirSync(join(modules, '@types'));
  const link = (name: string, version = name) => symlinkSync(join(root, 'node_modules', version), join(modules, name));
  for (const name of ['jsonwebtoken', 'zod', 'express', '@types/express', '@types/node']) link(name);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = join(tools, 'typescript/bin/tsc');
  const strictly = '--strict --target es2023 --module nodenext --skipLibCheck false --types node'.split(' ');
  return {
    folder,
    tarball,
    run: (file, args) => run(file, args, folder),
    runTool: (name, args) => void run(join(tools, '.bin', name), args, folder),
    compile: (files) => void run(execPath, [tsc, ...strictly, ...files], folder),
    async withExpress(version, use) {
      const names = ['express', '@types/express'];
      for (const name of names) {
        rmSync(join(modules, name));
        if (version !== 'none') link(name, `${name}${version}`);
      }
      try {
        return await use();
      } finally {
        for (const name of names) {
          rmSync(join(modules, name), { force: true });
          link(name);
        }
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(file: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
