import { describe, expect, it } from '@jest/globals';
import { runWorlds } from './remembering.ts';

describe('a verifier that caches tokens', () => {
  it('has the same results as one without memory, in some thousand random steps', () => {
    const { hits } = runWorlds(1, 5000);
    expect(hits).toBeGreaterThan(300);
  });
});
