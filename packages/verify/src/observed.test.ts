import { describe, expect, it } from '@jest/globals';
import { setUpAccessTokens } from '../test/access-tokens.ts';
import { observed } from './observed.ts';

describe('observed', () => {
  it('reports the outcome of each verification, and changes nothing else', () => {
    const { issuer, verifier, clock } = setUpAccessTokens();
    const outcomes: string[] = [];
    const { verify } = observed(verifier, (outcome) => outcomes.push(outcome));
    const token = issuer.token({ sub: 'ada' });
    expect(verify(token)).toEqual(verifier.verify(token));
    expect(() => verify('nonsense')).toThrow('invalid_token: malformed');
    clock.advance(10_000);
    expect(() => verify(token)).toThrow('token_expired: expired');
    expect(outcomes).toEqual(['accepted', 'invalid_token', 'token_expired']);
  });

  it('passes on a fault without reporting an outcome', () => {
    const outcomes: string[] = [];
    const { verify } = observed(
      {
        verify: () => {
          throw new Error('broken');
        },
      },
      (outcome) => outcomes.push(outcome),
    );
    expect(() => verify('x')).toThrow('broken');
    // Strict, because toEqual treats [undefined] as [].
    expect(outcomes).toStrictEqual([]);
  });
});
