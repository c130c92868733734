import {
  DatabaseSettings,
  databaseConfig,
  httpOrigin,
  JwksSettings,
  readConfig,
  ServerSettings,
  serverConfig,
  wholeNumber,
  withKeyRules,
} from '@auth/http';
import * as z from 'zod';

/** The environment variables of the order app. */
export const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...DatabaseSettings,
    ...JwksSettings,
    PRODUCT_URL: httpOrigin.meta({ description: 'The origin of the product app, such as `http://product:4002`.' }),
    USER_URL: httpOrigin.meta({ description: 'The origin of the user app, such as `http://user:4001`.' }),
    IDEMPOTENCY_KEYS_PER_USER: wholeNumber({ min: 1, max: 1_000_000 }).default(10_000).meta({
      description: 'How many idempotency keys of the last 24 h one user may have; a further key is answered 429.',
      details: 'Raise it for an account that machines order with.',
    }),
  }),
);

/** Parses the environment into the configuration of the order app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return {
    ...serverConfig(settings),
    database: databaseConfig(settings),
    productUrl: settings.PRODUCT_URL,
    userUrl: settings.USER_URL,
    idempotencyKeysPerUser: settings.IDEMPOTENCY_KEYS_PER_USER,
  };
}
