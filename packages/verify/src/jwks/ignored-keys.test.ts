import { afterEach, describe, expect, it } from '@jest/globals';
import { jwksAnswer } from '../../test/jwks-server.ts';
import type { JwksSetup } from '../../test/jwks-setup.ts';
import { newIssuer, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';
import type { IgnoredKey } from '../public-keys.ts';

const both = jwksAnswer({ keys: [...oldIssuer.jwks.keys, ...newIssuer.jwks.keys] });

let setup: JwksSetup;
afterEach(() => setup.close());

describe('createJwksSource, of a server that also publishes keys of other kinds,', () => {
  it('uses the good keys of a set with others in it, and says once which it ignores', async () => {
    const told: (readonly IgnoredKey[])[] = [];
    const other = { kty: 'AKP', kid: 'pq', alg: 'ML-DSA-44', use: 'sig', pub: 'AAAA' };
    const mixed = (keys: readonly object[]) => jwksAnswer({ keys: [...keys, other] });
    setup = await setUpJwks(mixed(oldIssuer.jwks.keys), { onIgnored: (keys) => told.push(keys) });
    const { source, server, refresh, outcomeFor } = setup;
    await source.start();
    expect(outcomeFor(oldIssuer)).toBe('accepted');
    // Warm: a good key that comes beside one that is not used is taken up.
    server.answer(mixed([...oldIssuer.jwks.keys, ...newIssuer.jwks.keys]));
    await refresh();
    expect(outcomeFor(newIssuer)).toBe('accepted');
    server.answer(both);
    await refresh();
    const reasons = told.map((keys) => keys.map(({ kid, reason }) => `${kid}: ${reason}`));
    expect(reasons).toEqual([['pq: keys[1].kty must be RSA or EC'], []]);
  });
});
