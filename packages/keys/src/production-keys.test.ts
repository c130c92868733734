import { describe, expect, it } from '@jest/globals';
import { inFolder } from '../test/documents.ts';
import { initKeyDocuments } from './init.ts';
import { loadServiceKeys } from './load.ts';
import { assertProductionKeys } from './production-keys.ts';

describe('assertProductionKeys', () => {
  it.each([
    'https://auth.example.com',
    'https://auth.example.com/tenant',
    'https://127.example.com',
    'https://10.0.0.7',
  ])('lets %s through', (issuer) => {
    expect(() => assertProductionKeys({ issuer }, 'k.json')).not.toThrow();
  });

  it.each([
    ['http://auth.example.com', 'is not https'],
    ['http://127.0.0.1:4001', 'names this machine'],
    ['https://127.1', 'names this machine'],
    ['https://0x7f000001', 'names this machine'],
    ['https://0.0.0.0', 'names this machine'],
    ['https://[::1]:4001', 'names this machine'],
    ['https://[::ffff:127.0.0.1]', 'names this machine'],
    ['https://LOCALHOST', 'names this machine'],
    ['https://user.localhost', 'names this machine'],
    ['https://localhost.', 'names this machine'],
  ])('refuses %s: it %s', (issuer, problem) => {
    expect(() => assertProductionKeys({ issuer }, 'k.json')).toThrow(
      `key document k.json: issuer.iss is ${issuer}, which ${problem}: NODE_ENV=production refuses development keys. ` +
        'Set AUTH_KEYS_FILE (or AUTH_KEYS) to a document made with: pnpm keys init',
    );
  });
});

describe('loading keys in production', () => {
  it('refuses what keys init makes without an issuer, at every service', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir });
      const refusal = { name: 'KeyDocumentError', exitCode: 78 };
      await expect(loadServiceKeys('user', { file: files.user, production: true })).rejects.toMatchObject(refusal);
      for (const service of ['product', 'order'] as const)
        await expect(loadServiceKeys(service, { file: files[service], production: true })).rejects.toMatchObject(
          refusal,
        );
    }));

  it('takes what it makes with one', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer: 'https://auth.example.com' });
      const { issuer } = await loadServiceKeys('user', { file: files.user, production: true });
      expect(issuer).toBe('https://auth.example.com');
    }));
});
