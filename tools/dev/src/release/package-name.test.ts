import { describe, expect, it } from '@jest/globals';
import { problemOfName } from './package-name.ts';

describe('problemOfName', () => {
  it.each(['@acme/verify', 'acme-verify', '@a/b', 'a'.repeat(214), '@acme/verify.next', '@authors/verify'])(
    'accepts %s',
    (name) => expect(problemOfName(name)).toBeUndefined(),
  );

  it.each([
    ['', 'it is empty'],
    ['a'.repeat(215), 'it is longer than 214 characters'],
    ['@auth/verify', 'the scope @auth of the public registry belongs to another project'],
    ['@auth/anything', 'the scope @auth of the public registry belongs to another project'],
    ['@acme', 'a name with a scope has the form @scope/name'],
    ['@acme/verify/express', 'a name with a scope has the form @scope/name'],
    ['@/verify', 'a part of it is empty'],
    ['@acme/', 'a part of it is empty'],
    ['acme/verify', 'only a to z'],
    ['@acme/Verify', 'it has a capital letter'],
    ['.verify', 'may begin with a dot'],
    ['_verify', 'may begin with a dot'],
    ['@acme/.verify', 'may begin with a dot'],
    ['-verify', 'may begin with a dot'],
    ['@acme/ver ify', 'only a to z'],
    ['@acme/verify\n', 'only a to z'],
    ['@acme/vérify', 'only a to z'],
    ['@acme/verify!', 'only a to z'],
    ['verify~1', 'only a to z'],
    ['node_modules', 'Node or npm uses this name'],
    ['favicon.ico', 'Node or npm uses this name'],
    ['crypto', 'Node or npm uses this name'],
  ])('refuses %j in words', (name, problem) => {
    expect(problemOfName(name)).toContain(`${JSON.stringify(name)} cannot be the name of the package: `);
    expect(problemOfName(name)).toContain(problem);
  });
});
