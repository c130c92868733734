import { describe, expect, it } from '@jest/globals';
import { setUpServiceCalls } from '../test/service-calls.ts';
import { createServiceTokenVerifier, type ServiceTokenVerifierOptions } from './service-token-verifier.ts';

const { verifierOptions } = setUpServiceCalls();

describe('createServiceTokenVerifier', () => {
  it.each([
    ['service', [undefined, null, '', ' ', 5, ['product'], /product/]],
    ['keys', [undefined, null, {}, [], () => undefined]],
    ['accessTokens', [undefined, {}, [], 'none', true, { verify: 1 }]],
    ['singleUse', [undefined, null, {}, 'memory', new Set(), { use: 1 }]],
    ['now', [undefined, null, 5, new Date(0)]],
    ['clockToleranceSeconds', [null, '5s', '5', Number.NaN, Number.POSITIVE_INFINITY, -1, 11, 0.5]],
  ])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) {
      const options = { ...verifierOptions, [name]: value } as unknown as ServiceTokenVerifierOptions;
      expect(() => createServiceTokenVerifier(options)).toThrow(new RegExp(`^${name}.* must be`));
    }
  });
});
