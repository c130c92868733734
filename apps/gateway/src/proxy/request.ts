import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFacts } from '@auth/http';
import type { Authentication } from '../authentication/authentication.ts';
import type { Client } from '../client.ts';
import type { Shares } from './shares.ts';
import type { UpstreamName } from './target.ts';
import type { Upstream } from './upstreams.ts';

/** A request for a service, on its way through the proxy: one object, filled in as more is known. */
export interface ProxyRequest extends RequestFacts {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly client: Client;
  readonly upstream: UpstreamName;
  readonly service: Upstream;
  /** Whether the route is slow by design: it has slots and a timeout of its own. */
  readonly slow: boolean;
  readonly parts: ProxyParts;
  /** The id of the session, for the log. */
  session: string | undefined;
  /** `undefined` until the request is authenticated. */
  authentication: Authentication | undefined;
  /** The headers for the service: names and values in turn, `authorization` last. */
  headers: string[];
  /** The whole body; `undefined` for a request without one. */
  body: Buffer | undefined;
  /** Whether the client has closed its connection: no answer can reach it. */
  left: boolean;
}

/** What all requests of one proxy share. */
export interface ProxyParts {
  /** Bounds the answers that clients do not read. */
  readonly unreadAnswers: Shares;
  /** Answers a request with an error, as the gateway's own routes do. Called by `refuse` only. */
  readonly answerError: (req: IncomingMessage, res: ServerResponse, error: unknown) => void;
}

/** The error of a request whose client has closed its connection. It is not answered. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
  /** The type that body-parser gives to such an error: the problem handler then makes no answer. */
  readonly type = 'request.aborted';
}

/** Starts a request, before anything but its route is known. */
export function openRequest(
  known: Pick<ProxyRequest, 'req' | 'res' | 'client' | 'route' | 'upstream' | 'service' | 'slow' | 'parts'>,
): ProxyRequest {
  const { req, res, client, route, upstream, service, slow, parts } = known;
  return {
    req,
    res,
    client,
    route,
    upstream,
    service,
    slow,
    parts,
    session: undefined,
    authentication: undefined,
    headers: [],
    body: undefined,
    left: false,
  };
}

/** One attempt to have a request answered by its service, until the answer has begun. */
export interface Attempt {
  readonly request: ProxyRequest;
  /** Whether the attempt has a slot of the service. */
  hasSlot: boolean;
  /** Whether the answer has begun. */
  begun: boolean;
  /** The number of interim answers (1xx) so far. */
  interim: number;
  /** Whether this is the retry on another connection. */
  repeated: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** Takes a slot of the service, at once or later. @throws BulkheadFull, also later */
export function takeSlot({ request: { service, slow, client } }: Attempt): Promise<void> | undefined {
  return slow ? service.slowBulkhead.enter(client.addressBlock()) : service.bulkhead.enter();
}

/** Frees the slot of an attempt, once. */
export function freeSlot(attempt: Attempt): void {
  if (!attempt.hasSlot) return;
  attempt.hasSlot = false;
  const { service, slow, client } = attempt.request;
  if (slow) service.slowBulkhead.leave(client.addressBlock());
  else service.bulkhead.leave();
}
