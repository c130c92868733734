import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../stack/services.ts';
import { directory, parseManifest } from './released-manifest.ts';
import { releasedChangelog, releasedReadme, renamed } from './released-text.ts';

const release = {
  ...{ name: '@acme/verify', version: '1.2.3' },
  ...{ repository: undefined, homepage: undefined, bugs: undefined },
};
const repository = 'https://git.example/acme/auth';
const manifest = parseManifest(readFileSync(join(repositoryRoot, directory, 'package.json'), 'utf8'));
const block = '<!-- begin: written by pnpm release:verify -->\nnot yet\n<!-- end -->\n';
const weight = { ownBytes: 123_456, packages: 7, bytes: 1_234_567 };
const readme = (text: string, options = {}) =>
  releasedReadme(block + text, { ...release, ...options }, manifest, weight);

describe('renamed', () => {
  it.each([
    [`from '@auth/verify';`, `from '@acme/verify';`],
    [`require("@auth/verify/express")`, `require("@acme/verify/express")`],
    ['`@auth/verify`, and @auth/verify.', '`@acme/verify`, and @acme/verify.'],
    [`from '@auth/verify-more'`, `from '@auth/verify-more'`],
  ])('makes of %j %j', (text, expected) => expect(renamed(text, release)).toBe(expected));
});

describe('releasedReadme', () => {
  it('says how to install it and what it weighs, under its new name', () => {
    const text = readme('');
    expect(text).toContain('npm install @acme/verify express\n');
    expect(text).toMatch(
      /^It runs on Node 20\.\d+\.\d+ to 20\.x, 22\.[^,]+ to 22\.x, 24\.[^,]+ to 24\.x, 25\.[^,]+ or newer, /m,
    );
    expect(text).toContain(
      'Unpacked it is 123 kB. It has 2 dependencies (jsonwebtoken, zod);\nwith theirs, these are 7 packages and 1.2 MB.',
    );
    expect(text).not.toContain('not yet');
  });

  it('has absolute links into the repository, where there is one', () => {
    const links = '[a](../../docs/a.md#x), [`b`](CHANGELOG.md) and [c](https://c.example), [d](#d)';
    expect(readme(links, { repository })).toContain(
      `[a](${repository}/blob/HEAD/docs/a.md#x), [\`b\`](${repository}/blob/HEAD/packages/verify/CHANGELOG.md) and [c](https://c.example), [d](#d)`,
    );
    expect(readme(links)).toContain('\na, `b` and [c](https://c.example), [d](#d)');
  });

  it('leaves code as it is, but for the name', () => {
    const code = "```ts\nimport '@auth/verify';\nhandlers[name](request);\n```\n";
    expect(readme(`${code}[a](a.md)`)).toContain(`${code.replace('@auth', '@acme')}a`);
  });

  it('refuses a README without the place for it', () => {
    expect(() => releasedReadme('# verify', release, manifest, weight)).toThrow('written by pnpm release:verify');
  });
});

describe('releasedChangelog', () => {
  it('names what is unreleased after the version', () => {
    expect(releasedChangelog('# Log\n\n## [Unreleased]\n\n* x\n', release)).toBe('# Log\n\n## [1.2.3]\n\n* x\n');
  });

  it('leaves a text that has the version', () => {
    const text = '# Log\n\n## [Unreleased]\n\n## [1.2.3]\n\n* x\n';
    expect(releasedChangelog(text, release)).toBe(text);
  });
});
