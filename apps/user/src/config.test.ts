import { wrongSettings as namesOfWrong } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.ts';

const good = { PORT: '4001', DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/user', AUTH_KEYS_FILE: '/keys/user.json' };

const wrongSettings = (env: NodeJS.ProcessEnv) => namesOfWrong(() => parseConfig(env));

describe('the settings of user', () => {
  it('have defaults for everything that is not a secret or a place', () => {
    expect(parseConfig(good)).toMatchObject({
      bcryptCost: 12,
      passwordHashForm: 'bcrypt-sha256',
      accessTokenSeconds: 600,
      clientId: 'first-party',
      sessionLife: { absoluteSeconds: 30 * 86_400, idleSeconds: 7 * 86_400 },
      refreshGraceSeconds: 10,
      limits: { successesPerAccount: 200, networkFactor: 10 },
    });
  });

  it.each([
    ['BCRYPT_COST', '9'],
    ['BCRYPT_COST', '15'],
    ['BCRYPT_COST', '12.5'],
    ['BCRYPT_COST', 'NaN'],
    ['PASSWORD_HASH', 'sha256'],
    ['LOGINS_PER_ACCOUNT', '-1'],
    ['LIMIT_IPV6_NETWORK_FACTOR', '1.5'],
    ['ACCESS_TOKEN_SECONDS', '3601'],
    ['ACCESS_TOKEN_SECONDS', '15m'],
    ['SESSION_DAYS', '0'],
    ['CLIENT_ID', 'first party'],
  ])('refuse %s=%s', (name, value) => {
    expect(wrongSettings({ ...good, [name]: value })).toEqual([name]);
  });
});
