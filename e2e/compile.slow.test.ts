import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const compiler = new URL('../tools/dev/compile.mjs', `file://${__filename}`).href;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'compile-'));
  await put('pnpm-lock.yaml', 'lockfileVersion: 1');
  await put('tools/dev/src/dev.ts', "console.log('dev');");
  await put('packages/words/src/hello.ts', "export const hello: string = 'hello';");
  await put(
    'apps/shop/src/main.ts',
    "import { hello } from '../../../packages/words/src/hello.ts'; console.log(hello);",
  );
});
afterAll(() => rm(root, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

/** Compiles in a separate process, as `pnpm dev` does, since esbuild does not run inside Jest. */
async function compile(): Promise<{ files?: Record<string, string>; errors?: string[] }> {
  const program = `import { createCompile } from '${compiler}';
    console.log(JSON.stringify(await createCompile(process.argv[1])()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, root]);
  return JSON.parse(stdout);
}

const outputOf = async (file = ''): Promise<string> => (await run(process.execPath, [file])).stdout.trim();

describe('compile.mjs', () => {
  it('compiles each service with what it imports, and only after a change', async () => {
    const { files } = await compile();
    expect(Object.keys(files ?? {}).sort()).toEqual(['dev', 'shop']);
    expect(await outputOf(files?.['shop'])).toBe('hello');
    expect((await compile()).files).toEqual(files);

    await put('packages/words/src/hello.ts', "export const hello: string = 'good morning';");
    const { files: changed } = await compile();
    expect(changed?.['dev']).toBe(files?.['dev']);
    expect(await outputOf(changed?.['shop'])).toBe('good morning');
    // A running service still has its file.
    expect(await readFile(files?.['shop'] ?? '', 'utf8')).toContain('hello');
  });

  it('names file, line and column of an error, and compiles again after its fix', async () => {
    await put('packages/words/src/hello.ts', 'export const hello: string =;');
    expect(await compile()).toEqual({ errors: ['packages/words/src/hello.ts:1:29: Unexpected ";"'] });
    await put('packages/words/src/hello.ts', "export const hello: string = 'hello';");
    expect(await outputOf((await compile()).files?.['shop'])).toBe('hello');
  });
});
