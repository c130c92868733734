import {
  DatabaseSettings,
  databaseConfig,
  httpOrigin,
  JwksSettings,
  readConfig,
  ServerSettings,
  serverConfig,
  withKeyRules,
} from '@auth/http';
import * as z from 'zod';

/** The environment variables of the order app. */
export const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...DatabaseSettings,
    ...JwksSettings,
    PRODUCT_URL: httpOrigin.describe('Where the product app is, such as http://product:4002.'),
    USER_URL: httpOrigin.describe('Where the user app is, such as http://user:4001.'),
  }),
);

/** The settings of the order app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return {
    ...serverConfig(settings),
    database: databaseConfig(settings),
    productUrl: settings.PRODUCT_URL,
    userUrl: settings.USER_URL,
  };
}
