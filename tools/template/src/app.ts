import { type AppParts, createServiceApp } from '@auth/service';
import type { Express } from 'express';
import { operations } from './contracts.ts';
import { createHandlers, type Parts } from './handlers.ts';
import { translate } from './problems.ts';
import { routes } from './routes.ts';

/** Builds the Express app of the template service. */
export function buildApp({ things, clients, ...parts }: AppParts & Parts): Express {
  return createServiceApp(parts, {
    service: 'template',
    operations,
    description: 'Things, each with a name.',
    operationHandlers: { 'template:things.read': ({ params }) => things.get(params.id) },
    routes,
    handlers: createHandlers({ things, clients }),
    translate,
  });
}
