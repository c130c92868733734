import { describe, expect, it } from '@jest/globals';
import { startOfTests } from '../../test/test-clock.ts';
import { createJwksSource, type JwksSourceOptions } from './index.ts';

const required = { url: 'https://auth.example/jwks.json', now: () => startOfTests };

/** As a JavaScript caller would: with any value at all. */
function build(options: Readonly<Record<string, unknown>>): unknown {
  return createJwksSource({ ...required, ...options } as JwksSourceOptions);
}

const numbers = [null, '300', Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, true, {}, []];

describe('createJwksSource', () => {
  it.each([
    ['url', [undefined, null, '', 'jwks.json', 'http://auth.example/jwks.json']],
    ['now', [undefined, null, startOfTests, new Date(0)]],
    ['allowHttp', [null, 'true', 1]],
    ['freshForSeconds', [...numbers, 86_401]],
    ['staleForSeconds', [...numbers, 299, 604_801]],
    ['cooldownSeconds', [...numbers, 3601]],
    ['timeoutMs', [...numbers, 60_001]],
    ['maxBytes', [...numbers, 1_048_577]],
    ['random', [null, 0.5]],
    ['onOutcome', [null, 'log', {}]],
  ])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) expect(() => build({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  it.each([
    {},
    { allowHttp: true, url: 'http://user:4001/jwks.json' },
    { freshForSeconds: 1, staleForSeconds: 1, cooldownSeconds: 1, timeoutMs: 1, maxBytes: 1 },
    {
      freshForSeconds: 86_400,
      staleForSeconds: 604_800,
      cooldownSeconds: 3600,
      timeoutMs: 60_000,
      maxBytes: 1_048_576,
    },
  ])('accepts %o', (options) => {
    expect(() => build(options)).not.toThrow();
  });

  it('trusts keys at least as long as they are fresh', () => {
    expect(() => build({ freshForSeconds: 600, staleForSeconds: 599 })).toThrow('staleForSeconds must be');
  });
});
