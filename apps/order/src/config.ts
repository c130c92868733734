import { JwksSettings, readConfig, ServerSettings, serverConfig, withKeyRules } from '@auth/http';
import * as z from 'zod';

const origin = z.string().refine(isOrigin, { error: 'must be an http(s) origin, without a path' });

const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...JwksSettings,
    PRODUCT_URL: origin.describe('Where the product app is, such as http://product:4002.'),
    USER_URL: origin.describe('Where the user app is, such as http://user:4001.'),
  }),
);

/** The settings of the order app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return { ...serverConfig(settings), productUrl: settings.PRODUCT_URL, userUrl: settings.USER_URL };
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  // Anything behind the origin, and credentials in front of it, would be in `href` alone.
  return /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
}
