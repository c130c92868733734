import { ownProfile } from '@auth/verify';
import { expect, it } from '@jest/globals';
import { issuersTable } from './issuers-page.ts';

it('issuersTable has a row for each preset, with what it demands', () => {
  const other = {
    ...ownProfile,
    typ: [null, 'JWT'],
    jwk: { alg: 'optional', use: 'optional' },
    audience: { claim: 'client_id', forms: ['text', 'texts'] },
    claims: { jti: 'text?' },
    fixed: { ver: 1, token_use: 'access' },
    absent: ['nonce'],
    scopes: null,
    roles: { path: ['realm', 'roles'], form: 'texts', isRequired: false },
    refusesIdTokenBy: 'claims',
  } as const;
  const [, , own, second] = issuersTable({ own: ownProfile, other }).split('\n');
  expect(own).toBe(
    '| `own` | `at+jwt` | RS256, PS256, ES256, EdDSA | `use`, `alg` | `aud`: list | ' +
      '`client_id`, `iat`, `jti`, `sid`, `auth_time`, `scope` |  |  | `scope`: words | `roles`: list | 3600 s | 8192 | `header` |',
  );
  expect(second).toBe(
    '| `other` | none or `JWT` | RS256, PS256, ES256, EdDSA | `use` or none, `alg` or none | `client_id`: text or list | ' +
      '`jti?` | `ver: 1`, `token_use: "access"` | `nonce` | none | `realm.roles?`: list | 3600 s | 8192 | `claims` |',
  );
});
