// better-auth (https://github.com/better-auth/better-auth) as a process: its JWT plugin, which signs with Ed25519. Two more
// instances share the database, and so the keys: one issues under another name, one for another audience.
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { bearer, jwt } from 'better-auth/plugins';
import { listen, offer } from './control.mjs';

const audience = 'https://api.example';
const database = { user: [], session: [], account: [], verification: [], jwks: [] };
const handlers = {};
const origins = {
  main: await listen(() => handlers.main),
  otherIssuer: await listen(() => handlers.otherIssuer),
  otherAudience: await listen(() => handlers.otherAudience),
};
createInstance('main', { audience });
createInstance('otherIssuer', { audience });
createInstance('otherAudience', { issuer: origins.main, audience: 'https://other.example' });

offer({
  origins: () => origins,
  // A key has a last day in the database, and the next token after it is signed with a new key.
  rotate: () => {
    for (const key of database.jwks) key.expiresAt = new Date(Date.now() - 1000);
  },
});

function createInstance(name, options) {
  const auth = betterAuth({
    baseURL: origins[name],
    secret: 'a secret of this test, which is no secret',
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    plugins: [bearer(), jwt({ jwt: options })],
  });
  handlers[name] = toNodeHandler(auth);
}
