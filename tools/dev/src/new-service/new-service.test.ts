import { writeFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@auth/command';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { createNewCommand } from './new-service.ts';
import { type RunStep, stepsOf } from './steps.ts';

const [list, map] = ['packages/contracts/src/services.ts', 'packages/contracts/src/operations.ts'];
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'new-service-'));
  const copied = [list, map, 'tools/template/package.json', 'tools/template/tsconfig.build.json'];
  for (const path of [...copied, 'tools/template/src', 'tools/template/test', 'docs/calls.md']) {
    await cp(join(repositoryRoot, path), join(root, path), { recursive: true });
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Runs `pnpm new service` in the folder, with steps that do nothing unless given. */
async function runNew(args: readonly string[], runStep: RunStep = () => undefined) {
  const [printed, errors]: [string[], string[]] = [[], []];
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void errors.push(text),
  };
  const command = createNewCommand({ root, runStep });
  const code = await runCommand(command, { args: ['service', ...args], env: {}, ...output });
  return { code, printed: printed.join('\n'), errors: errors.join('\n') };
}

const read = (path: string) => readFile(join(root, path), 'utf8');

/** Every file of the folder with its text. */
async function everything(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')])));
}

describe('pnpm new service', () => {
  it('adds the name to the services, the operation to the map, and the service to the callers', async () => {
    const { code, errors } = await runNew([
      'new-sample',
      '--calls',
      'order:orders.read',
      '--calls',
      'user:contacts.read',
    ]);
    expect([code, errors]).toEqual([0, '']);
    expect(await read(list)).toMatch(
      /export const services = \[\s*'user', [^\]]*'order', [^\]]*'new-sample'\] as const;/,
    );
    const operations = await read(map);
    expect(operations).toMatch(/'order:orders\.read': \{[^}]*callers: \[(?:[^\]]*, )?'new-sample'\]/);
    expect(operations).toMatch(/'user:contacts\.read': \{[^}]*callers: \['order', (?:[^\]]*, )?'new-sample'\]/);
    expect(operations).toMatch(/ {2}'new-sample:things\.read': \{[^}]*callers: \[\],[\s\S]*\},\n\}\);\n$/);
  });

  it('runs each step once, in order', async () => {
    const steps: string[] = [];
    await runNew(['new-sample'], ({ does }) => void steps.push(does));
    expect(steps).toEqual(stepsOf('new-sample').map(({ does }) => does));
  });

  it('writes a client for each callee, and a route for each call with the parts of its request', async () => {
    await runNew(['new-sample', '--calls', 'product:quotes.create', '--calls', 'user:contacts.read']);
    const [routes, handlers] = [
      await read('apps/new-sample/src/routes.ts'),
      await read('apps/new-sample/src/handlers.ts'),
    ];
    expect(routes).toMatch(
      /'POST \/product\/quotes': \{[^}]*body: operations\['product:quotes\.create'\]\.request\.body/,
    );
    expect(routes).toMatch(/'GET \/user\/users\/:id\/contact': \{[^}]*params: operations\['user:contacts\.read'\]/);
    expect(handlers).toContain("clients.product.call('product:quotes.create', input)");
    expect(handlers).toContain("'user:contacts.read', { ...input, accessToken: accessTokenOf(req) })");
    expect(await read('apps/new-sample/src/user-client.ts')).toContain("operationsBetween('new-sample', 'user')");
    expect(await read('apps/new-sample/src/config.ts')).toContain('PRODUCT_URL: httpOrigin');
    // The user's token is sent where the operation requires one: that request has no check that none is sent.
    expect(await read('apps/new-sample/test/calls.test.ts')).not.toContain("toHaveProperty('authorization')");
  });

  it('without calls writes no client', async () => {
    await runNew(['new-label']);
    const files = Object.entries(await everything()).filter(([path]) => path.startsWith(join(root, 'apps')));
    expect(files.map(([path]) => path)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/client|calls\.test/)]),
    );
    // The formatter removes imports that nothing uses.
    const texts = files.map(([, text]) => text.replaceAll(/^import .*$/gm, ''));
    expect(texts.join('\n')).not.toMatch(/[cC]lients|order-client|\/\/ (?:end|with|for each)/);
  });

  it('leaves no name of the template', async () => {
    await runNew(['new-sample', '--calls', 'product:quotes.create']);
    const files = Object.entries(await everything()).filter(([path]) => path.startsWith(join(root, 'apps')));
    expect(files.length).toBeGreaterThan(12);
    expect(
      files.filter(([, text]) =>
        /template|\border\b|[cC]reateOrder|contracts\.ts|\0/.test(text.replace('in this order', '')),
      ),
    ).toEqual([]);
  });

  it.each([
    [['order'], 'there is a service order already'],
    [['gateway'], 'there is a service gateway already'],
    [['dev'], 'the name dev is reserved'],
    [['Shipping'], '"Shipping" cannot name a service'],
    [['new-sample-'], '"new-sample-" cannot name a service'],
    [['new-sample', 'now'], 'unexpected argument "now"'],
    [[], 'the name of the service is missing'],
    [
      ['new-sample', '--calls', 'order:orders.raed'],
      'there is no operation "order:orders.raed": did you mean order:orders.read?',
    ],
    [['new-sample', '--calls', 'billing:x'], 'the operations are user:contacts.read, '],
    [
      ['Order', '--calls', 'x'],
      '"Order" cannot name a service: up to 32 lower-case letters, digits and single dashes, a letter first; there is no',
    ],
  ])('%j exits 64 and writes nothing: %s', async (args, problem) => {
    const before = await everything();
    const { code, errors } = await runNew(args);
    expect([code, errors]).toEqual([64, expect.stringContaining(problem)]);
    expect(await everything()).toEqual(before);
  });

  it('refuses a name a second time: its folder is there', async () => {
    expect((await runNew(['new-sample'])).code).toBe(0);
    const before = await everything();
    const { code, errors } = await runNew(['new-sample']);
    expect([code, errors]).toEqual([64, expect.stringContaining('there is a folder apps/new-sample already')]);
    expect(await everything()).toEqual(before);
  });

  it('removes what it wrote when a step fails, and prints what that step printed', async () => {
    const before = await everything();
    const { code, errors } = await runNew(['new-sample'], ({ does }, folder) => {
      if (does !== 'draw docs/calls.md') return undefined;
      writeFileSync(join(folder, 'docs/calls.md'), 'half');
      return 'out of ink\n';
    });
    expect([code, errors]).toEqual([1, 'out of ink\nThe step to draw docs/calls.md failed. Nothing was added.']);
    expect(await everything()).toEqual(before);
  });

  it('writes nothing when the contracts have another form', async () => {
    await writeFile(join(root, list), 'export const services = serviceNames();\n');
    const before = await everything();
    await expect(runNew(['new-sample'])).rejects.toThrow('the contracts have 0 places for');
    expect(await everything()).toEqual(before);
  });
});
