import type { Arrows } from './arrows-of-apps.ts';

/** The import boundaries of packages, the database layer and tools by example. */
export const arrowsOfPackages: Readonly<Record<string, Arrows>> = {
  'packages/verify/src/access-token.ts': {
    allowed: ['zod', 'node:crypto', './clock.ts'],
    forbidden: [
      'jsonwebtoken',
      './issuer/index.ts',
      'express',
      'undici',
      'node:http',
      'node:https',
      'node:net',
      'node:fs',
      'node:fs/promises',
      'node:process',
      './express/index.ts',
      './http/index.ts',
      './node/index.ts',
      './client/index.ts',
      './jwks/index.ts',
      './presets/index.ts',
      './testing/index.ts',
      '@auth/contracts',
      '@auth/http',
      '@auth/keys',
    ],
  },
  'packages/verify/src/issuer/sign-access-token.ts': {
    allowed: ['jsonwebtoken', '../access-token-claims.ts'],
    forbidden: [
      'express',
      '../express/index.ts',
      '../client/index.ts',
      '../jwks/index.ts',
      '../testing/index.ts',
      'undici',
      '@auth/contracts',
      '@auth/keys',
    ],
  },
  'packages/verify/src/access-token.test.ts': { allowed: ['./testing/index.ts', 'supertest'], forbidden: [] },
  'packages/verify/src/http/authenticate.ts': {
    allowed: ['zod', '../access-token.ts', './user-check.ts'],
    forbidden: [
      'express',
      'node:http',
      'undici',
      '../express/index.ts',
      '../node/index.ts',
      '../client/index.ts',
      '../jwks/index.ts',
      '../testing/index.ts',
      '@auth/http',
    ],
  },
  'packages/verify/src/node/user-guard.ts': {
    allowed: ['node:http', '../access-token.ts', '../http/identity.ts'],
    forbidden: ['express', '../express/index.ts', '../client/index.ts', '../jwks/index.ts', 'undici', '@auth/http'],
  },
  'packages/verify/src/express/require-user.ts': {
    allowed: ['express', '../access-token.ts', './identity.ts', '../http/identity.ts', '../node/send.ts'],
    forbidden: [
      '../client/index.ts',
      '../issuer/index.ts',
      '../jwks/index.ts',
      '../testing/index.ts',
      'undici',
      '@auth/http',
      '@auth/contracts',
    ],
  },
  'packages/verify/src/client/service-client.ts': {
    allowed: ['zod', '../operation.ts', './target.ts'],
    forbidden: [
      'express',
      '../express/index.ts',
      '../jwks/index.ts',
      '../testing/index.ts',
      '@auth/contracts',
      '@auth/http',
    ],
  },
  'packages/verify/src/jwks/jwks-source.ts': {
    allowed: ['node:https', 'node:zlib', '../public-keys.ts', './fetch-jwks.ts'],
    forbidden: [
      'express',
      'undici',
      '../express/index.ts',
      '../client/index.ts',
      '../testing/index.ts',
      '@auth/contracts',
      '@auth/http',
      '@auth/keys',
    ],
  },
  'packages/verify/src/presets/keycloak.ts': {
    allowed: ['../access-token-profile.ts'],
    forbidden: ['../access-token.ts', '../jwks/index.ts', '../testing/index.ts', 'zod', 'express', 'node:crypto'],
  },
  'packages/contracts/src/operations.ts': {
    allowed: ['zod', './quote.ts'],
    forbidden: ['@auth/verify', '@auth/http', 'node:crypto', 'express', '@auth/ops/calls/call-map'],
  },
  'tools/ops/src/calls/scrape.ts': {
    allowed: ['zod', 'node:util', './call-map.ts', '../operations.ts'],
    forbidden: ['@auth/verify', '@auth/http', '@auth/keys', 'express'],
  },
  'packages/http/src/problem/problem.ts': {
    allowed: ['express', 'zod', 'pino', '@auth/verify/times', '@auth/verify/problems'],
    forbidden: ['@auth/verify', '@auth/verify/express', '@auth/keys', '@auth/contracts', 'jsonwebtoken', 'undici'],
  },
  'packages/keys/src/load.ts': {
    allowed: ['@auth/verify', '@auth/verify/times', '@auth/contracts', 'node:fs/promises', 'zod'],
    forbidden: [
      'express',
      '@auth/http',
      '@auth/db',
      '@auth/db/user',
      '@auth/verify/express',
      '@auth/dev',
      '@auth/verify/testing',
    ],
  },
  'packages/revocation/src/open-revocations.ts': {
    allowed: ['@auth/verify', 'ioredis', 'jsonwebtoken', 'zod', 'node:fs/promises'],
    forbidden: [
      'express',
      '@auth/http',
      '@auth/keys',
      '@auth/contracts',
      '@auth/db/user',
      '@auth/verify/express',
      '@auth/verify/testing',
      '@auth/testkit',
      '../../../apps/user/src/app.ts',
    ],
  },
  'packages/service/src/open-service.ts': {
    allowed: ['@auth/contracts', '@auth/http', '@auth/keys', '@auth/revocation', '@auth/verify', '@auth/verify/jwks'],
    forbidden: ['express', '@auth/db', '@auth/db/user', '@auth/verify/express', '@auth/verify/testing', '@auth/dev'],
  },
  'packages/service/src/service-app.ts': {
    allowed: ['@auth/contracts', '@auth/http', '@auth/verify/express'],
    forbidden: ['@auth/db', '@auth/db/user', '@auth/verify/client', '@auth/verify/testing', '@auth/dev', 'undici'],
  },
  'tools/dev/src/services.ts': {
    allowed: ['@auth/contracts', '@auth/keys', '@auth/db/user', '@auth/verify'],
    forbidden: ['user', 'product', 'order', 'gateway', '../../../apps/user/src/app.ts'],
  },
  'tools/issuers/issuer.mjs': {
    allowed: ['./control.mjs', 'better-auth', 'zod'],
    forbidden: ['@auth/verify', '@auth/verify/testing', '../install.mjs', '../../apps/user/src/app.ts'],
  },
  'prisma/src/open-user-db.ts': {
    allowed: ['@prisma/client', '@prisma/adapter-pg'],
    forbidden: ['@auth/verify', '@auth/contracts', 'express', 'zod', 'pg'],
  },
  'prisma/src/session-client.ts': {
    allowed: ['pg', './database-url.ts'],
    forbidden: ['@auth/verify', '@auth/contracts', 'express', 'zod'],
  },
};
