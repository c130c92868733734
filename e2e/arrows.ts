/** What a file may import, and what the linter must refuse. */
export interface Arrows {
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/** The import boundaries by example: one file of each kind. */
export const arrows: Readonly<Record<string, Arrows>> = {
  'apps/order/src/main.ts': {
    allowed: [
      '@auth/db/order',
      '@auth/keys',
      '@auth/http',
      '@auth/service',
      '@auth/verify',
      '@auth/verify/jwks',
      './app.ts',
      './order-store.ts',
      './config.ts',
    ],
    forbidden: [
      ...['@auth/db/user', '@auth/db/product', '@auth/db/gateway', '@auth/dev', '@auth/verify/testing'],
      ...['@auth/verify/issuer', 'jsonwebtoken'],
      ...['../../user/src/app.ts', 'undici', 'cockatiel'],
    ],
  },
  'apps/order/src/compose.ts': {
    allowed: ['@auth/db/order', '@auth/http', '@auth/service', './app.ts', './order-store.ts', './product-client.ts'],
    forbidden: [
      '@auth/db/user',
      '@auth/dev',
      '@auth/testkit',
      '@auth/verify/testing',
      '../../user/src/app.ts',
      'undici',
    ],
  },
  'apps/gateway/src/compose.ts': {
    allowed: ['@auth/db/gateway', '@auth/db/leader', './config.ts', './proxy/upstreams.ts', './session-store.ts'],
    forbidden: ['@auth/db/user', '@auth/dev', '../../user/src/app.ts'],
  },
  'apps/user/src/main.ts': {
    allowed: ['@auth/db/user'],
    forbidden: ['@auth/db/product', '@auth/db/order'],
  },
  'apps/user/src/tokens.ts': {
    allowed: ['@auth/verify/issuer', 'node:crypto'],
    forbidden: [
      ...['express', 'zod', '@auth/http', '@auth/keys', '@auth/verify', '@auth/verify/express', '@auth/db/user'],
      ...['./sessions-store.ts', './main.ts', '@auth/dev', '../../order/src/app.ts'],
    ],
  },
  'apps/user/src/accounts-command.ts': {
    allowed: ['@auth/db/user', '@auth/http', './role-store.ts'],
    forbidden: ['@auth/db/product', '@auth/dev'],
  },
  'apps/product/src/main.ts': {
    allowed: ['@auth/db/product'],
    forbidden: ['@auth/db/user', '@auth/db/order'],
  },
  'apps/gateway/src/main.ts': {
    allowed: ['@auth/db/gateway', '@auth/db/leader', '@auth/db/errors', '@auth/service', './proxy/proxy.ts', 'undici'],
    forbidden: ['@auth/db/user', '@auth/db/product', '@auth/db/order', '@auth/dev', '../../user/src/app.ts'],
  },
  'apps/gateway/src/session-store.ts': {
    allowed: ['@auth/db/gateway', '@auth/db/errors', './sessions.ts', './session-row-store.ts'],
    forbidden: ['@auth/db/user', '@auth/db/order', 'express', 'zod', '@auth/http', '@auth/keys', 'undici'],
  },
  'apps/gateway/src/sessions.ts': {
    allowed: ['node:crypto', '@auth/contracts', './session.ts', './proxy/visitor.ts'],
    forbidden: ['@auth/http', '@auth/db/gateway', './session-store.ts', './proxy/proxy.ts', 'undici', 'cockatiel'],
  },
  'apps/gateway/src/session-routes.ts': {
    allowed: ['express', 'zod', '@auth/http', './sessions.ts', './authorize.ts'],
    forbidden: ['@auth/db/gateway', './session-store.ts', './config.ts', './main.ts', 'undici'],
  },
  'apps/gateway/src/user-client.ts': {
    allowed: ['@auth/contracts', '@auth/verify/client'],
    forbidden: ['express', '@auth/http', '@auth/db/gateway', 'undici'],
  },
  'apps/gateway/src/proxy/proxy.ts': {
    allowed: [
      ...['undici', 'cockatiel', 'node:http', '@auth/http', '@auth/verify', '@auth/contracts'],
      ...['./breaker.ts', '../authorize.ts'],
    ],
    forbidden: [
      ...['@auth/db/gateway', '@auth/db/errors', '@auth/keys', 'express', '@auth/dev', '@auth/verify/testing'],
      ...['../session-store.ts', '../session-routes.ts', '../app.ts', '../compose.ts', '../main.ts', '../config.ts'],
      '../../../user/src/app.ts',
    ],
  },
  'apps/without-a-database/src/main.ts': {
    allowed: ['@auth/http', '@auth/service', './app.ts', './order-client.ts', './config.ts'],
    forbidden: ['undici', 'cockatiel', '@auth/db/order', '@auth/db/errors', '@auth/dev', '../../order/src/orders.ts'],
  },
  'apps/without-a-database/src/parcel-store.ts': { allowed: ['./parcels.ts'], forbidden: ['@auth/db/order'] },
  'apps/order/src/app.ts': {
    allowed: [
      'express',
      '@auth/http',
      '@auth/verify',
      '@auth/verify/express',
      './routes.ts',
      './orders.ts',
      './problems.ts',
      '@auth/db/errors',
    ],
    forbidden: ['@auth/db', '@auth/db/order', './order-store.ts', './config.ts', './compose.ts', '@auth/testkit'],
  },
  'apps/order/src/routes.ts': {
    allowed: ['express', 'zod', '@auth/http', '@auth/contracts', '@auth/verify/express', './orders.ts'],
    forbidden: [
      '@auth/db/order',
      './order-store.ts',
      './config.ts',
      './main.ts',
      '@auth/verify/testing',
      '../../user/src/x.ts',
    ],
  },
  'apps/order/src/internal-routes.ts': {
    allowed: ['@auth/verify/express', './orders.ts'],
    forbidden: ['@auth/db/order', './order-store.ts'],
  },
  'apps/order/src/problems.ts': {
    allowed: ['@auth/http', './orders.ts'],
    forbidden: ['@auth/db/order', './order-store.ts', './config.ts'],
  },
  'apps/order/src/config.ts': {
    allowed: ['zod', '@auth/http'],
    forbidden: ['express', '@auth/db', '@auth/db/order', '@auth/verify/express', './orders.ts', '@auth/dev'],
  },
  'apps/order/src/orders.ts': {
    allowed: ['node:crypto', '@auth/contracts', './money.ts'],
    forbidden: [
      ...[
        'express',
        'zod',
        'pino',
        '@auth/http',
        '@auth/db/order',
        '@auth/keys',
        '@auth/verify',
        '@auth/verify/client',
      ],
      ...[
        './routes.ts',
        './internal-routes.ts',
        './app.ts',
        './compose.ts',
        './main.ts',
        './config.ts',
        './problems.ts',
      ],
      ...[
        './order-store.ts',
        './product-client.ts',
        '../../product/src/products.ts',
        '@auth/dev',
        '@auth/verify/testing',
      ],
    ],
  },
  'apps/order/src/order-store.ts': {
    allowed: ['@auth/db/order', './orders.ts'],
    forbidden: [
      '@auth/db/user',
      '@auth/db/product',
      'express',
      'zod',
      '@auth/http',
      '@auth/verify',
      './routes.ts',
      './config.ts',
    ],
  },
  'apps/user/src/account-store.ts': {
    allowed: ['@auth/db/user', '@auth/db/errors', './accounts.ts'],
    forbidden: ['@auth/db/product', '@auth/db/order', '@auth/verify/express', './main.ts'],
  },
  'apps/product/src/product-store.ts': {
    allowed: ['@auth/db/product', '@auth/verify/times'],
    forbidden: ['@auth/db/user', '@auth/db/order', '@auth/keys', './app.ts'],
  },
  'apps/order/src/product-client.ts': {
    allowed: ['@auth/verify/client', '@auth/contracts', './orders.ts'],
    forbidden: [
      'express',
      'zod',
      '@auth/http',
      '@auth/db/order',
      '@auth/keys',
      './routes.ts',
      './app.ts',
      './order-store.ts',
    ],
  },
  'apps/order/src/orders.test.ts': {
    allowed: ['@auth/verify/testing', '@auth/testkit', './order-store.ts'],
    forbidden: [],
  },
  'packages/verify/src/access-token.ts': {
    allowed: ['zod', 'node:crypto', './clock.ts'],
    forbidden: [
      ...['jsonwebtoken', './issuer/index.ts'],
      ...['express', 'undici', 'node:http', 'node:https', 'node:net', 'node:fs', 'node:fs/promises', 'node:process'],
      ...[
        './express/index.ts',
        './client/index.ts',
        './jwks/index.ts',
        './testing/index.ts',
        '@auth/contracts',
        '@auth/http',
        '@auth/keys',
      ],
    ],
  },
  'packages/verify/src/issuer/sign-access-token.ts': {
    allowed: ['jsonwebtoken', '../access-token-claims.ts'],
    forbidden: [
      ...['express', '../express/index.ts', '../client/index.ts', '../jwks/index.ts', '../testing/index.ts'],
      ...['undici', '@auth/contracts', '@auth/keys'],
    ],
  },
  'packages/verify/src/access-token.test.ts': { allowed: ['./testing/index.ts', 'supertest'], forbidden: [] },
  'packages/verify/src/express/require-user.ts': {
    allowed: ['express', '../access-token.ts', './identity.ts'],
    forbidden: [
      ...['../client/index.ts', '../issuer/index.ts', '../jwks/index.ts', '../testing/index.ts'],
      ...['undici', '@auth/http', '@auth/contracts'],
    ],
  },
  'packages/verify/src/client/service-client.ts': {
    allowed: ['zod', '../operation.ts', './target.ts'],
    forbidden: [
      ...['express', '../express/index.ts', '../jwks/index.ts', '../testing/index.ts'],
      ...['@auth/contracts', '@auth/http'],
    ],
  },
  'packages/verify/src/jwks/jwks-source.ts': {
    allowed: ['node:https', 'node:zlib', '../public-keys.ts', './fetch-jwks.ts'],
    forbidden: [
      ...['express', 'undici', '../express/index.ts', '../client/index.ts', '../testing/index.ts'],
      ...['@auth/contracts', '@auth/http', '@auth/keys'],
    ],
  },
  'packages/contracts/src/operations.ts': {
    allowed: ['zod', './quote.ts'],
    forbidden: ['@auth/verify', '@auth/http', 'node:crypto', 'express', '@auth/ops/calls/call-map'],
  },
  'tools/ops/src/calls/scrape.ts': {
    allowed: ['zod', 'node:util', './call-map.ts', '../operations.ts'],
    forbidden: ['@auth/verify', '@auth/http', '@auth/keys', 'express'],
  },
  'packages/http/src/problem.ts': {
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
      ...['express', '@auth/http', '@auth/keys', '@auth/contracts', '@auth/db/user', '@auth/verify/express'],
      ...['@auth/verify/testing', '@auth/testkit', '../../../apps/user/src/app.ts'],
    ],
  },
  'packages/service/src/open-service.ts': {
    allowed: ['@auth/contracts', '@auth/http', '@auth/keys', '@auth/revocation', '@auth/verify', '@auth/verify/jwks'],
    forbidden: ['express', '@auth/db', '@auth/db/user', '@auth/verify/express', '@auth/verify/testing', '@auth/dev'],
  },
  'tools/dev/src/services.ts': {
    allowed: ['@auth/contracts', '@auth/keys', '@auth/db/user', '@auth/verify'],
    forbidden: ['user', 'product', 'order', 'gateway', '../../../apps/user/src/app.ts'],
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
