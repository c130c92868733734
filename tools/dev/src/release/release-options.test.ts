import { describe, expect, it } from '@jest/globals';
import { isPrerelease, parseRelease } from './release-options.ts';

const none = { name: undefined, version: undefined, repository: undefined, homepage: undefined, bugs: undefined };
const parse = (options: Partial<Record<keyof typeof none, string>>) => parseRelease({ ...none, ...options }, '0.1.0');
const name = '@acme/verify';

describe('parseRelease', () => {
  it('takes the version of the package unless one is given, and nothing else from nowhere', () => {
    expect(parse({ name })).toEqual({ ...none, name, version: '0.1.0' });
    expect(parse({ name, version: '2.0.0-rc.1' })).toMatchObject({ version: '2.0.0-rc.1' });
  });

  it.each(['https://git.example/acme/auth', 'https://git.example/acme/auth/', 'https://git.example/acme/auth.git'])(
    'reads the repository %s',
    (repository) => expect(parse({ name, repository })).toMatchObject({ repository: 'https://git.example/acme/auth' }),
  );

  it('names every problem', () => {
    expect(parse({ version: '1', bugs: 'mail' })).toEqual([
      'the name is missing: --name @acme/verify',
      '"1" is no version: it has the form 1.2.3 or 1.2.3-rc.1',
      '--bugs must be an address that begins with https://, without a password',
    ]);
  });

  it.each(['1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3 ', '1.2.3+build', 'latest', ''])(
    'refuses the version %j',
    (version) => expect(parse({ name, version })).toEqual([expect.stringContaining('is no version')]),
  );

  it.each([
    'http://git.example/acme/auth',
    'git@git.example:acme/auth',
    'https://me:secret@git.example/acme/auth',
    'https://git.example/acme/auth?token=secret',
    'https://git.example/acme/auth#readme',
    '',
  ])('refuses the repository %j without repeating it', (repository) => {
    expect(parse({ name, repository })).toEqual([
      '--repository must be an address that begins with https://, without a password',
    ]);
  });
});

describe('isPrerelease', () => {
  it.each([
    ['1.0.0', false],
    ['1.0.0-rc.1', true],
  ])('of %s is %s', (version, expected) => expect(isPrerelease({ ...none, name, version })).toBe(expected));
});
