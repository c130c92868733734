import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceNames } from '@auth/dev/stack/services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const nameOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name;
/** Packages for people, tests and the launcher, which no service loads. */
const tools = readdirSync(join(root, 'tools'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'tools', entry.name, 'package.json')))
  .map(({ name }) => nameOf(join(root, 'tools', name)));

let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'deploy-')));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Deploys a service as in docs/production.md, but without a build, which does not change the dependencies. */
function deploy(service: string): string {
  const folder = join(dir, service);
  const args = ['-y', 'pnpm', '--filter', service, '--prefer-offline', 'deploy', '--prod', folder];
  const { status, stdout, stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`pnpm deploy ended with ${status}:\n${stdout}${stderr}`);
  return folder;
}

describe('a production deploy', () => {
  it.each(serviceNames)(
    'of %s holds packages of services only, and is linked to nothing outside it',
    (service) => {
      const folder = deploy(service);
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      const links = entries
        .filter((entry) => entry.isSymbolicLink())
        .map((entry) => join(entry.parentPath, entry.name));
      const packages = links.map((link) => link.slice(link.lastIndexOf('/node_modules/') + '/node_modules/'.length));
      expect(packages).toEqual(expect.arrayContaining(['@auth/http', '@auth/service', '@auth/verify', 'express']));
      expect(tools).toEqual(expect.arrayContaining(['@auth/dev', '@auth/lab', '@auth/ops', '@auth/testkit']));
      expect(
        packages.filter((name) => [...tools, '@auth/e2e', '@prisma/schema-engine-wasm', 'jest', 'tsx'].includes(name)),
      ).toEqual([]);
      expect(links.filter((link) => !realpathSync(link).startsWith(`${folder}/`))).toEqual([]);
    },
    120_000,
  );
});
