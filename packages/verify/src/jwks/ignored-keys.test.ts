import { afterEach, describe, expect, it } from '@jest/globals';
import { jwksAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, newIssuer, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';
import type { IgnoredKey, KeyRules } from '../public-keys.ts';

const both = jwksAnswer({ keys: [...oldIssuer.jwks.keys, ...newIssuer.jwks.keys] });

let setup: JwksSetup;
afterEach(() => setup.close());

describe('createJwksSource, of a server that also publishes keys of other kinds,', () => {
  it('uses the supported keys of a set, and reports once which keys it ignores', async () => {
    const told: (readonly IgnoredKey[])[] = [];
    const other = { kty: 'AKP', kid: 'pq', alg: 'ML-DSA-44', use: 'sig', pub: 'AAAA' };
    const mixed = (keys: readonly object[]) => jwksAnswer({ keys: [...keys, other] });
    setup = await setUpJwks(mixed(oldIssuer.jwks.keys), { onIgnored: (keys) => told.push(keys) });
    const { source, server, refresh, outcomeFor } = setup;
    await source.start();
    expect(outcomeFor(oldIssuer)).toBe('accepted');
    // After the first fetch: a new supported key beside an ignored one is used.
    server.answer(mixed([...oldIssuer.jwks.keys, ...newIssuer.jwks.keys]));
    await refresh();
    expect(outcomeFor(newIssuer)).toBe('accepted');
    server.answer(both);
    await refresh();
    const reasons = told.map((keys) => keys.map(({ kid, reason }) => `${kid}: ${reason}`));
    expect(reasons).toEqual([['pq: keys[1].kty must be RSA, EC or OKP'], []]);
  });

  it('takes keys without `use` and `alg` where the profile allows it', async () => {
    const bare = oldIssuer.jwks.keys.map((key) => ({ ...key, use: undefined, alg: undefined }));
    setup = await setUpJwks(jwksAnswer({ keys: bare }));
    await setup.source.start();
    expect(setup.messages).toEqual([expect.stringContaining('keys[0].use must be "sig"')]);
    await setup.close();
    const profile: KeyRules = { algorithms: ['RS256'], jwk: { alg: 'optional', use: 'optional' } };
    setup = await setUpJwks(jwksAnswer({ keys: bare }), { profile });
    await setup.source.start();
    expect(setup.outcomeFor(oldIssuer)).toBe('accepted');
  });
});
