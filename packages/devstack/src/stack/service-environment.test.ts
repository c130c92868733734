import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment } from './service-environment.ts';

const options = {
  ...{ environment: {}, portBase: 4000, databaseUrl: 'postgresql://127.0.0.1/user', keyFile: '/d/keys/user.json' },
  ...{ dataDir: '/a folder', overrides: {} },
};

describe('serviceEnvironment', () => {
  it('gives every service the same revocation feed, in the data folder', () => {
    for (const name of ['user', 'product', 'order'] as const) {
      expect(serviceEnvironment(name, options)['REVOCATIONS']).toBe('file:///a%20folder/revocations.log');
    }
  });

  it('leaves the feed to the developer who names one', () => {
    const environment = { REVOCATIONS: 'redis://127.0.0.1:6379' };
    expect(serviceEnvironment('user', { ...options, environment })['REVOCATIONS']).toBe(environment.REVOCATIONS);
  });
});
