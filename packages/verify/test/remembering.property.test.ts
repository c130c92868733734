import { describe, expect, it } from '@jest/globals';
import { runWorlds } from './remembering.ts';

describe('a verifier that caches tokens', () => {
  it('has the same results as one without memory, for every kind of issuer, in some thousand random steps', () => {
    const { hits, hitsByKinds } = runWorlds(1, 8000, 200);
    expect(hits).toBeGreaterThan(500);
    const saved = [...hitsByKinds].filter(([, times]) => times > 0).map(([kinds]) => kinds);
    expect(['0', '1', '2', '3', '4'].filter((kind) => !saved.some((kinds) => kinds.includes(kind)))).toEqual([]);
    expect([1, 2, 3].filter((count) => !saved.some((kinds) => kinds.split(' ').length === count))).toEqual([]);
  });
});
