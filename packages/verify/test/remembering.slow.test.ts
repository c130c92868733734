import { describe, expect, it } from '@jest/globals';
import { runWorlds } from './remembering.ts';
import { issuerKinds } from './remembering-issuers.ts';

const steps = Number(process.env['REMEMBERING_STEPS'] ?? 1_000_000);

describe('a verifier that caches tokens', () => {
  it('has the same results as one without memory, in a million random steps', () => {
    const { outcomes, hits, hitsByKinds } = runWorlds(1000, steps);
    const listed = [...outcomes].map(([outcome, times]) => `${outcome} ${times}`).sort();
    process.stdout.write(`${steps} steps, ${hits} verifications saved:\n${listed.join('\n')}\n`);
    // Nothing of this is worth anything if a kind of outcome is missing.
    expect([...outcomes.keys()].sort()).toEqual([
      'Error: the clock must return seconds since 1970',
      'accepted',
      'invalid_token: audience',
      'invalid_token: claims',
      'invalid_token: header',
      'invalid_token: issuer',
      'invalid_token: kid_unknown',
      'invalid_token: lifetime',
      'invalid_token: malformed',
      'invalid_token: not_yet_valid',
      'invalid_token: signature',
      'invalid_token: too_long',
      'token_expired: expired',
      'token_revoked: revoked',
      'unavailable: keys_unavailable',
    ]);
    expect(hits).toBeGreaterThan(steps / 20);
    // Each kind of issuer alone, beside one other and beside two.
    const saved = [...hitsByKinds].filter(([, times]) => times > 0).map(([kinds]) => kinds.split(' '));
    for (const kind of issuerKinds.keys()) {
      const counts = saved.filter((kinds) => kinds.includes(`${kind}`)).map(({ length }) => length);
      expect([kind, ...new Set(counts)].sort()).toEqual([kind, 1, 2, 3].sort());
    }
  }, 3_600_000);
});
