import { readConfig, requireOneKeySource, ServerSettings, serverConfig } from '@auth/http';
import * as z from 'zod';

const Settings = requireOneKeySource(z.object(ServerSettings));

/** The settings of the product app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  return serverConfig(readConfig(Settings, env));
}
