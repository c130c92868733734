import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** A program of this repository that can be started many times. */
export type PlainProgram = (options: {
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}) => ChildProcessWithoutNullStreams;

/**
 * Compiles the TypeScript program in `file` to plain JavaScript, once. A process of it costs a quarter of one that first
 * loads a TypeScript compiler.
 */
export async function openPlainProgram(file: string): Promise<PlainProgram> {
  // Loaded only here, since few importers of the testkit need it.
  const { build, stop } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@auth/source'],
    plugins: [keepDependencies],
  });
  // Ends esbuild's process, which would outlive the test file.
  await stop();
  const code = outputFiles[0]?.text ?? '';
  return ({ args = [], env }) =>
    spawn(execPath, ['--input-type=module', '--eval', code, '--', file, ...args], { cwd: dirname(file), env });
}

/** Leaves foreign packages to Node, by the path where the importing package finds them. */
const keepDependencies: Plugin = {
  name: 'keep dependencies',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      const isOurs = kind === 'entry-point' || path.startsWith('@auth/');
      if (isOurs || pluginData === 'resolving') return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: 'resolving' });
      return { path: found.external ? path : pathToFileURL(found.path).href, external: true };
    });
  },
};
