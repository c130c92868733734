import { operations } from '@auth/contracts';
import { createLog, createMetrics, createReadiness } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import type { AppParts } from './composition.ts';
import { createServiceApp } from './service-app.ts';

const never = () => {
  throw new Error('not called');
};
const parts: AppParts = {
  issuer: 'https://auth.example',
  verify: { verify: never },
  calls: { verify: never, open: never } as unknown as AppParts['calls'],
  audit: never,
  log: createLog({ service: 'product', level: 'fatal', format: 'json' }),
  readiness: createReadiness({}),
  metrics: createMetrics({ service: 'product' }),
};
const spec = { who: 'anyone', summary: 'Nothing', answer: { status: 204, description: 'Nothing.' } } as const;
const appWith = (name: `GET /${string}`) =>
  createServiceApp(parts, {
    service: 'product',
    operations,
    description: 'Under test.',
    operationHandlers: { 'product:quotes.create': never },
    routes: { [name]: spec },
    handlers: { [name]: () => undefined },
    translate: [],
  });

describe('createServiceApp', () => {
  it.each(['GET /internal', 'GET /internal/quotes', 'GET /INTERNAL/x'] as const)(
    'throws for the public route %s, which is a path of operations',
    (name) => {
      expect(() => appWith(name)).toThrow(`${name} is below /internal`);
    },
  );

  it('accepts a public route whose path begins alike', () => {
    expect(() => appWith('GET /internals')).not.toThrow();
  });
});
