import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { makeRelease, type ReleasedPackage, run } from './released-package.fixture.ts';
import { bytesOf, filesOf } from './weight.ts';
import { readWorkflow } from './workflow.fixture.ts';

const repository = 'https://github.com/acme/auth';
let released: ReleasedPackage;
let read: (file: string) => string;
beforeAll(async () => {
  const options = ['--version', '1.2.3', '--repository', repository, '--bugs', `${repository}/issues`];
  released = await makeRelease('--name', '@acme/verify', ...options);
  read = (file) => readFileSync(join(released.unpacked, file), 'utf8');
}, 120_000);
afterAll(() => released.remove());

describe('pnpm release:verify', () => {
  it('reports each step, and says how to publish', () => {
    expect(released.printed).toEqual([
      'build packages/verify …',
      'pack it as @acme/verify 1.2.3 …',
      'check its manifest with publint …',
      'check its types for ESM, CommonJS and bundlers with attw …',
      expect.stringMatching(/acme-verify-1\.2\.3\.tgz: \d+ kB, unpacked \d+ kB$/),
      expect.stringMatching(
        /^To publish it: npm publish \S+acme-verify-1\.2\.3\.tgz --access public, with --provenance /,
      ),
    ]);
  });

  it('leaves nothing of this workspace in any file', () => {
    const files = filesOf(released.unpacked);
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const found = /.*(?:@auth\/|workspace:|catalog:).*/.exec(readFileSync(file, 'utf8'))?.[0];
      expect([file, found]).toEqual([file, undefined]);
    }
  });

  it('packs code, types, licence, README and changelog, and nothing else', () => {
    const others = filesOf(released.unpacked).filter((file) => !/\/dist\/(esm|cjs)\/.*(\.js|\.d\.ts)$/.test(file));
    const names = others.map((file) => file.slice(released.unpacked.length + 1)).sort();
    expect(names).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/cjs/package.json', 'package.json']);
    expect(read('LICENSE')).toBe(readFileSync(join(repositoryRoot, 'LICENSE'), 'utf8'));
    expect(read('CHANGELOG.md')).toContain('\n## [1.2.3]\n');
  });

  it('has types and code for ESM and CommonJS behind every export', () => {
    const { exports } = JSON.parse(read('package.json'));
    for (const [path, entry] of Object.entries(exports)) {
      const file = path === '.' ? '' : path;
      expect([file, entry]).toEqual([
        file,
        {
          import: {
            types: expect.stringMatching(/^\.\/dist\/esm\/.*\.d\.ts$/),
            default: expect.stringMatching(/\.js$/),
          },
          require: {
            types: expect.stringMatching(/^\.\/dist\/cjs\/.*\.d\.ts$/),
            default: expect.stringMatching(/\.js$/),
          },
        },
      ]);
    }
  });

  it('has no relative link in its texts', () => {
    for (const file of ['README.md', 'CHANGELOG.md']) {
      const text = read(file).replaceAll(/^```.*?^```$/gms, '');
      const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
      expect(links.filter((link) => !/^(https:\/\/|#)/.test(link ?? ''))).toEqual([]);
    }
  });
});

describe('an installation of the tarball', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'installed-'));
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', released.tarball], { cwd: folder });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the size and the dependencies that the README says', () => {
    const [, kilobytes, count] = /^Unpacked it is (\d+) kB\. It has (\d+) dependencies/m.exec(read('README.md')) ?? [];
    const installed = join(folder, 'node_modules/@acme/verify');
    expect(Math.abs(Number(kilobytes) - bytesOf(installed) / 1000)).toBeLessThan(1);
    expect(Number(count)).toBe(Object.keys(JSON.parse(read('package.json')).dependencies).length);
    const [, packages] = /^with theirs, these are (\d+) packages/m.exec(read('README.md')) ?? [];
    const { packages: places } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    // The lockfile also names the folder itself and the package.
    expect(Number(packages)).toBe(Object.keys(places).length - 2);
  });

  it('has the bill of materials that the workflow makes', () => {
    const step = readWorkflow('release-verify').jobs['pack']?.steps.find(
      ({ name }) => name === 'list what it is made of',
    );
    const cwd = mkdtempSync(join(tmpdir(), 'workflow-'));
    try {
      mkdirSync(join(cwd, 'release'));
      run('cp', [released.tarball, join(cwd, 'release')], { cwd });
      run('bash', ['-eo', 'pipefail', '-c', step?.run ?? 'false'], { cwd, variables: { NAME: '@acme/verify' } });
      const bill = JSON.parse(readFileSync(join(cwd, 'release/sbom.cdx.json'), 'utf8'));
      expect(bill).toMatchObject({
        bomFormat: 'CycloneDX',
        metadata: { component: { name: '@acme/verify', version: '1.2.3', purl: 'pkg:npm/%40acme/verify@1.2.3' } },
      });
      const names = bill.components.map(({ name }: { name: string }) => name);
      expect(names).toEqual(expect.arrayContaining(['jsonwebtoken', 'zod']));
      const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
      const places = Object.keys(packages).filter((place) => place !== '' && place !== 'node_modules/@acme/verify');
      expect(names.sort()).toEqual(places.map((place) => place.replace(/^.*node_modules\//, '')).sort());
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }, 120_000);
});
