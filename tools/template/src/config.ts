import { httpOrigin, JwksSettings, readConfig, ServerSettings, serverConfig, withKeyRules } from '@auth/http';
import * as z from 'zod';

/** The environment variables of the template app. */
export const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...JwksSettings,
    // for each callee:
    ORDER_URL: httpOrigin.meta({ description: 'The origin of the order app, such as `http://order:4003`.' }),
    // end
  }),
);

/** Parses the environment into the configuration of the template app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return {
    ...serverConfig(settings),
    // for each callee:
    orderUrl: settings.ORDER_URL,
    // end
  };
}
