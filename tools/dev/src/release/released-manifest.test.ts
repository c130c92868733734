import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { readCatalog } from './catalog.ts';
import { directory, parseManifest, releasedManifest } from './released-manifest.ts';

const source = JSON.parse(readFileSync(join(repositoryRoot, directory, 'package.json'), 'utf8'));
const catalog = readCatalog(readFileSync(join(repositoryRoot, 'pnpm-workspace.yaml'), 'utf8'));
const release = {
  ...{ name: '@acme/verify', version: '1.2.3' },
  ...{ repository: undefined, homepage: undefined, bugs: undefined },
};
const made = (changes: object = {}, options: Partial<typeof release> | Record<string, string> = {}) =>
  releasedManifest(parseManifest(JSON.stringify({ ...source, ...changes })), { ...release, ...options }, catalog);

describe('readCatalog', () => {
  it('reads the ranges of the default catalog, with names in quotation marks and without comments', () => {
    const text = 'packages:\n  - a\n\ncatalog:\n  # why\n  "@acme/x": ^1.0.0\n\n  y: "2"\n\noverrides:\n  z: "3"\n';
    expect([...readCatalog(text)]).toEqual([
      ['@acme/x', '^1.0.0'],
      ['y', '2'],
    ]);
  });
});

describe('releasedManifest', () => {
  it('keeps what describes the package, and nothing that only this workspace needs', () => {
    const manifest = made();
    expect(manifest).toMatchObject({ name: '@acme/verify', version: '1.2.3', engines: source.engines, type: 'module' });
    expect(Object.keys(manifest.exports)).toEqual(Object.keys(source.exports));
    expect(manifest.dependencies).toEqual({ jsonwebtoken: catalog.get('jsonwebtoken'), zod: catalog.get('zod') });
    for (const member of ['scripts', 'devDependencies', 'publishConfig', 'private', 'repository', 'homepage', 'bugs']) {
      expect(manifest).not.toHaveProperty(member);
    }
    expect(JSON.stringify(manifest)).not.toMatch(/@auth|workspace:|catalog:/);
  });

  it('says where the repository, the homepage and the list of mistakes are, where that is known', () => {
    const options = { repository: 'https://git.example/a', homepage: 'https://a.example', bugs: 'https://b.example' };
    expect(made({}, options)).toMatchObject({
      repository: { type: 'git', url: 'git+https://git.example/a.git', directory: 'packages/verify' },
      homepage: 'https://a.example',
      bugs: { url: 'https://b.example' },
    });
  });

  it.each([
    ['workspace:*', 'zod'],
    ['catalog:', 'left-pad'],
    ['file:../zod', 'zod'],
  ])('refuses the dependency %s of %s, which nobody else can install', (range, name) => {
    expect(() => made({ dependencies: { [name]: range } })).toThrow(`no range of versions is known for ${name}`);
  });

  it('refuses exports that differ from those that pnpm would publish', () => {
    const { './times': _times, ...exports } = source.exports;
    expect(() => made({ exports })).toThrow('publishConfig.exports must be exports without the condition @auth/source');
  });
});
