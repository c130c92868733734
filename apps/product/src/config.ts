import { JwksSettings, readConfig, ServerSettings, serverConfig, withKeyRules } from '@auth/http';
import * as z from 'zod';

const Settings = withKeyRules(z.object({ ...ServerSettings, ...JwksSettings }));

/** The settings of the product app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  return serverConfig(readConfig(Settings, env));
}
