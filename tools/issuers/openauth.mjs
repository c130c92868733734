// OpenAuth (https://github.com/toolbeam/openauth) as a process, with its storage in memory. It issues under the origin that
// it was asked at: three ports are three issuers with the same keys. One leaves the life of its tokens at the default.
import { getRequestListener } from '@hono/node-server';
import { issuer } from '@openauthjs/openauth';
import { MemoryStorage } from '@openauthjs/openauth/storage/memory';
import { createSubjects } from '@openauthjs/openauth/subject';
import * as z from 'zod';
import { listen, offer } from './control.mjs';

// It logs every request.
console.log = () => {};

const storage = MemoryStorage();
const subjects = createSubjects({
  user: z.object({ userId: z.string() }),
  job: z.object({ queue: z.string() }),
});
// A machine's client: it may have any name, and says in `client_secret` which kind of subject it acts as.
const machine = {
  type: 'machine',
  init() {},
  client: async ({ clientSecret }) => ({ kind: clientSecret }),
};
const apps = createIssuers();
const origins = {};
for (const name of ['main', 'other', 'longLived']) {
  const listener = getRequestListener((request) => apps[name].fetch(request));
  origins[name] = await listen(() => listener);
}

offer({
  origins: () => origins,
  // It has no command for a rotation: a key that is marked as expired stays published, and a new start makes another one.
  rotate: async () => {
    for await (const [place, key] of storage.scan(['signing:key'])) {
      await storage.set(place, { ...key, expired: Date.now() });
    }
    Object.assign(apps, createIssuers());
  },
});

function createIssuers() {
  const [main, other] = [createIssuer({ access: 600 }), createIssuer({ access: 600 })];
  return { main, other, longLived: createIssuer() };
}

function createIssuer(ttl) {
  return issuer({
    storage,
    subjects,
    providers: { machine },
    ttl,
    allow: async () => true,
    success: (ctx, { kind }) =>
      kind === 'job' ? ctx.subject('job', { queue: 'mail' }) : ctx.subject('user', { userId: 'user-1' }),
  });
}
