import type { Request, RequestHandler, Response, Router } from 'express';
import express from 'express';
import type * as z from 'zod';
import { AuthError } from '../auth-error.ts';
import { headerValues } from '../http/header-values.ts';
import { calleeOf, type OperationPolicy } from '../operation.ts';
import type { ServiceCall } from '../service-call.ts';
import { passErrors } from './async-handler.ts';
import { callerOf } from './identity.ts';

/** Schemas of the parts of a request that an operation has. */
export interface RequestSchemas {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

/** An operation with the schemas of its request and its answer. */
export interface ServiceOperation extends OperationPolicy {
  readonly request: RequestSchemas;
  readonly response: z.ZodType;
}
export type ServiceOperations = Readonly<Record<string, ServiceOperation>>;

/** The input of a handler: each part as its schema parsed it. */
export type OperationInput<O extends ServiceOperation> = {
  readonly [Part in keyof O['request']]: O['request'][Part] extends z.ZodType ? z.output<O['request'][Part]> : never;
};

export type OperationHandlers<Operations extends ServiceOperations, Callee extends string> = {
  readonly [Id in Extract<keyof Operations, `${Callee}:${string}`>]: (
    input: OperationInput<Operations[Id]>,
    call: ServiceCall,
  ) => Promise<z.input<Operations[Id]['response']>>;
};

/** Parses a part of a request, or throws the application's own error for invalid fields. */
export type ReadPart = <S extends z.ZodType>(req: Request, schema: S) => z.output<S>;

export interface ServiceRouterOptions<Operations extends ServiceOperations, Callee extends string> {
  readonly service: Callee;
  readonly operations: Operations;
  /** One handler for each operation of this service. */
  readonly handlers: OperationHandlers<Operations, Callee>;
  /** Creates the guard of an operation, usually `requireCaller` with this service's verifier. */
  readonly guard: (operation: OperationPolicy) => RequestHandler;
  readonly read: Readonly<Record<keyof RequestSchemas, ReadPart>>;
}

/**
 * Creates the router for the operations of a service, from the same map that its callers use. Routing is case-sensitive
 * and strict. Mount the router at the root, before any body parser.
 *
 * @throws TypeError when an operation has no handler, or a handler no operation
 */
export function serviceRouter<Operations extends ServiceOperations, Callee extends string>(
  options: ServiceRouterOptions<Operations, Callee>,
): Router {
  const { service, operations, guard, read } = options;
  const own = Object.values(operations).filter((operation) => calleeOf(operation) === service);
  // TypeScript checks each handler where it is given; in this loop they share one type.
  const handlers = new Map(Object.entries(options.handlers) as [string, AnyHandler][]);
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const operation of own) {
    const handle = handlers.get(operation.id);
    if (handle === undefined) throw new TypeError(`${service} has no handler for its operation ${operation.id}`);
    handlers.delete(operation.id);
    const answer = passErrors(async (req: Request, res: Response) => {
      const output = await handle(readInput(req, operation.request, read), callerOf(req));
      res.set('Cache-Control', 'no-store').json(output);
    });
    router[verbs[operation.method]](operation.path, guard(operation), answer);
  }
  const [stray] = handlers.keys();
  if (stray !== undefined) throw new TypeError(`${service} handles ${stray}, which is no operation of its own`);
  return router;
}

type AnyHandler = (input: object, call: ServiceCall) => Promise<unknown>;

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
const parts = ['params', 'query', 'body'] as const;

function readInput(req: Request, schemas: RequestSchemas, read: Readonly<Record<keyof RequestSchemas, ReadPart>>) {
  const input: Record<string, unknown> = {};
  for (const part of parts) {
    const schema = schemas[part];
    if (schema !== undefined) input[part] = read[part](req, schema);
  }
  return input;
}

/**
 * Creates middleware that rejects a service token on every route after it: a public route cannot distinguish a service with
 * a user's token from that user. Mount it right after the service router.
 */
export function refuseServiceToken(): RequestHandler {
  return (req, _res, next) => {
    if (headerValues(req.rawHeaders, 'service-token').length > 0) {
      throw new AuthError('invalid_service_token', 'not_an_operation');
    }
    next();
  };
}
