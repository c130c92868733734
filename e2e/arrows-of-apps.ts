/** The imports that a file may have, and those that the linter must refuse. */
export interface Arrows {
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/** The import boundaries of the apps by example: one file of each kind. */
export const arrowsOfApps: Readonly<Record<string, Arrows>> = {
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
    allowed: [
      '@auth/db/gateway',
      '@auth/db/leader',
      './config.ts',
      './proxy/upstreams.ts',
      './sessions/session-store.ts',
    ],
    forbidden: ['@auth/db/user', '@auth/dev', '../../user/src/app.ts'],
  },
  'apps/user/src/main.ts': {
    allowed: ['@auth/db/user'],
    forbidden: ['@auth/db/product', '@auth/db/order'],
  },
  'apps/user/src/sessions/tokens.ts': {
    allowed: ['@auth/verify/issuer', 'node:crypto'],
    forbidden: [
      ...['express', 'zod', '@auth/http', '@auth/keys', '@auth/verify', '@auth/verify/express', '@auth/db/user'],
      ...['./sessions-store.ts', '../main.ts', '@auth/dev', '../../../order/src/app.ts'],
    ],
  },
  'apps/user/src/accounts-command.ts': {
    allowed: ['@auth/db/user', '@auth/http', './rights-store.ts'],
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
  'apps/gateway/src/sessions/session-store.ts': {
    allowed: ['@auth/db/gateway', '@auth/db/errors', './sessions.ts', './session-row-store.ts'],
    forbidden: ['@auth/db/user', '@auth/db/order', 'express', 'zod', '@auth/http', '@auth/keys', 'undici'],
  },
  'apps/gateway/src/sessions/sessions.ts': {
    allowed: ['node:crypto', '@auth/contracts', './session.ts', '../authentication/authentication.ts'],
    forbidden: ['@auth/http', '@auth/db/gateway', './session-store.ts', '../proxy/proxy.ts', 'undici', 'cockatiel'],
  },
  'apps/gateway/src/sessions/session-routes.ts': {
    allowed: ['zod', '@auth/http', './sessions.ts', '../authentication/authorize.ts'],
    forbidden: ['express', '@auth/db/gateway', './session-store.ts', '../config.ts', '../main.ts', 'undici'],
  },
  'apps/gateway/src/user-client.ts': {
    allowed: ['@auth/contracts', '@auth/verify/client'],
    forbidden: ['express', '@auth/http', '@auth/db/gateway', 'undici'],
  },
  'apps/gateway/src/proxy/proxy.ts': {
    allowed: [
      ...['undici', 'cockatiel', 'node:http', '@auth/http', '@auth/verify', '@auth/contracts'],
      ...['./breaker.ts', '../authentication/authorize.ts'],
    ],
    forbidden: [
      ...['@auth/db/gateway', '@auth/db/errors', '@auth/keys', 'express', '@auth/dev', '@auth/verify/testing'],
      ...[
        '../sessions/session-store.ts',
        '../sessions/session-routes.ts',
        '../app.ts',
        '../compose.ts',
        '../main.ts',
        '../config.ts',
      ],
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
      '@auth/http',
      '@auth/verify',
      '@auth/verify/express',
      './routes.ts',
      './orders.ts',
      './problems.ts',
      '@auth/db/errors',
    ],
    forbidden: [
      'express',
      '@auth/db',
      '@auth/db/order',
      './order-store.ts',
      './config.ts',
      './compose.ts',
      '@auth/testkit',
    ],
  },
  'apps/order/src/routes.ts': {
    allowed: ['zod', '@auth/http', '@auth/contracts', '@auth/verify/express', './orders.ts'],
    forbidden: [
      'express',
      '@auth/db/order',
      './order-store.ts',
      './config.ts',
      './main.ts',
      '@auth/verify/testing',
      '../../user/src/x.ts',
    ],
  },
  'apps/order/src/handlers.ts': {
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
  'apps/user/src/accounts/account-store.ts': {
    allowed: ['@auth/db/user', '@auth/db/errors', './accounts.ts'],
    forbidden: ['@auth/db/product', '@auth/db/order', '@auth/verify/express', '../main.ts'],
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
};
