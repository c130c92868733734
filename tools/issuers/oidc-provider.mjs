// oidc-provider (https://github.com/panva/node-oidc-provider) as a process: JWT access tokens through resource indicators.
// Two issuers on two ports share their keys. The interactions of development log anyone in.
import { generateKeyPairSync } from 'node:crypto';
import { listen, offer } from './control.mjs';

// Node 20 lacks it, and oidc-provider calls it.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
const { Provider } = await import('oidc-provider');

const callbacks = {};
const origins = {
  main: await listen(() => callbacks.main),
  other: await listen(() => callbacks.other),
};
let keys = [createKey()];
useKeys(keys);

offer({
  origins: () => origins,
  // The steps of a rotation as its documentation has them: the last key is published, the first one signs.
  publish: () => useKeys([...keys, createKey()]),
  promote: () => useKeys([keys.at(-1), ...keys.slice(0, -1)]),
  withdraw: () => useKeys(keys.slice(0, 1)),
});

/** Providers take their keys when they are built. Sessions and grants are in memory that all of them share. */
function useKeys(next) {
  keys = next;
  for (const [name, url] of Object.entries(origins)) callbacks[name] = createProvider(url).callback();
}

function createKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
}

function createProvider(url) {
  return new Provider(url, {
    jwks: { keys },
    clients: [
      {
        client_id: 'shop',
        client_secret: 'secret-of-shop',
        grant_types: ['authorization_code', 'client_credentials'],
        redirect_uris: ['https://shop.example/callback'],
        introspection_signed_response_alg: 'RS256',
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'api:read api:write',
          audience: resource,
          accessTokenTTL: 300,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  });
}
