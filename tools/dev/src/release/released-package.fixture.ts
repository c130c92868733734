import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { arch, env, execPath, platform } from 'node:process';
import { runCommand } from '@auth/command';
import { runStep } from '../new-service/steps.ts';
import { repositoryRoot } from '../stack/services.ts';
import { createReleaseCommand } from './release-verify.ts';

/** A release that `pnpm release:verify` made, unpacked. */
export interface ReleasedPackage {
  /** The only file of its folder. */
  readonly tarball: string;
  /** The folder with its files. */
  readonly unpacked: string;
  /** What the command printed. */
  readonly printed: readonly string[];
  remove(): void;
}

/** Runs `pnpm release:verify` with its real steps. @throws Error with its output when it fails */
export async function makeRelease(...args: readonly string[]): Promise<ReleasedPackage> {
  const folder = mkdtempSync(join(tmpdir(), 'released-'));
  const [printed, errors]: [string[], string[]] = [[], []];
  const code = await runCommand(createReleaseCommand({ root: repositoryRoot, runStep }), {
    ...{ args: [...args, '--out', join(folder, 'release')], env: {} },
    print: (text) => void printed.push(text),
    complain: (text) => void errors.push(text),
  });
  if (code !== 0) throw new Error(`pnpm release:verify ended with ${code}:\n${[...printed, ...errors].join('\n')}`);
  const [file = ''] = readdirSync(join(folder, 'release'));
  const tarball = join(folder, 'release', file);
  run('tar', ['xzf', tarball], { cwd: folder });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { tarball, unpacked: join(folder, 'package'), printed, remove };
}

interface Where {
  readonly cwd: string;
  /** The program that stands for `node`: that of this process unless given. */
  readonly node?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns what it printed. @throws Error with its output when it fails */
export function run(file: string, args: readonly string[], { cwd, node = execPath, variables = {} }: Where): string {
  const PATH = `${dirname(node)}${delimiter}${env['PATH']}`;
  const options = { cwd, encoding: 'utf8', env: { ...env, ...variables, PATH } } as const;
  const { status, stdout, stderr, error } = spawnSync(file, args, options);
  if (status === 0) return stdout;
  throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}${error?.message ?? ''}`);
}

/** The lines of Node that `engines` of the package allow, each with its program: `undefined` where no package has it for this machine. */
export function findNodes(lines: readonly number[]): ReadonlyMap<number, string | undefined> {
  const folder = join(repositoryRoot, 'tools/nodes');
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const found = lines.map((line) => {
    const name = `node-${line}-${platform}-${arch}`;
    return [line, name in optionalDependencies ? join(folder, 'node_modules', name, 'bin/node') : undefined] as const;
  });
  return new Map(found);
}

/** The first block of TypeScript of a text. */
export function firstBlock(markdown: string): string {
  const [, code] = /^```ts\n(.*?)^```/ms.exec(markdown) ?? [];
  if (code === undefined) throw new Error('the README has no block of TypeScript');
  return code;
}

/** Writes the imports of a module as calls of `require`. */
export function asCommonJs(code: string): string {
  return code.replaceAll(/^import (.+) from '(.+)';$/gm, "const $1 = require('$2');");
}
