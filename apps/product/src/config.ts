import {
  DatabaseSettings,
  databaseConfig,
  JwksSettings,
  readConfig,
  ServerSettings,
  serverConfig,
  withKeyRules,
} from '@auth/http';
import * as z from 'zod';

/** The environment variables of the product app. */
export const Settings = withKeyRules(z.object({ ...ServerSettings, ...DatabaseSettings, ...JwksSettings }));

/** Parses the environment into the configuration of the product app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return { ...serverConfig(settings), database: databaseConfig(settings) };
}
