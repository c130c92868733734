import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUserTokenVerifier } from '@auth/service';
import {
  type AccessTokenVerifier,
  calleeOf,
  createServiceTokenSigner,
  createServiceTokenVerifier,
  createSingleUseStore,
  type InboundKeys,
  type OperationPolicy,
  type ServiceTokenSigner,
} from '@auth/verify';
import { refusals, requireCaller } from '@auth/verify/express';
import { createTestEdge, type TestIssuer } from '@auth/verify/testing';
import type { Response } from 'express';
import express from 'express';

/** Answers a call that the guard has accepted. */
export type Answer = (res: Response, body: unknown) => void;

/** Another service: a real server with the real guard of its operations and a scripted answer. */
export interface Callee {
  readonly url: string;
  /** The headers of all requests so far, refused ones included. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** Sets the answer to the next calls. */
  answer(answer: Answer): void;
  close(): Promise<void>;
}

export interface CalleeOptions {
  /** Operations of one service: at least one. */
  readonly operations: readonly OperationPolicy[];
  readonly accepts: InboundKeys;
  readonly accessTokens: AccessTokenVerifier | null;
  readonly now: () => number;
}

/** Opens a service. Until its answer is set, it answers 200 with an empty object. */
export async function openCallee({ operations, accepts, accessTokens, now }: CalleeOptions): Promise<Callee> {
  const requests: IncomingHttpHeaders[] = [];
  let current: Answer = json({});
  const [service] = operations.map(calleeOf);
  const verifier = createServiceTokenVerifier({
    service: service ?? '',
    keys: accepts,
    accessTokens,
    now,
    singleUse: createSingleUseStore({ capacity: 1000, now }),
  });
  const app = express();
  app.use((req, _res, next) => {
    requests.push(req.headers);
    next();
  });
  for (const operation of operations) {
    app.all(operation.path, requireCaller(operation, { verifier, onDecision: () => undefined }), (req, res) => {
      current(res, req.body);
    });
  }
  app.use(refusals());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server.address()),
    requests,
    answer(answer) {
      current = answer;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface ConnectedCalleeOptions extends Pick<CalleeOptions, 'now'> {
  /** The service under test. */
  readonly caller: string;
  /** The operations of one callee that it may call: at least one. */
  readonly operations: Readonly<Record<string, OperationPolicy>>;
  readonly issuer: TestIssuer;
}

/** A service that the service under test calls. */
export interface ConnectedCallee extends Callee {
  /** The options of the client of this service. */
  readonly connection: { readonly signer: ServiceTokenSigner; readonly baseUrl: string };
}

/** Opens a service with both ends of an edge to it. By default it answers 404. */
export async function openConnectedCallee({
  caller,
  operations,
  issuer,
  now,
}: ConnectedCalleeOptions): Promise<ConnectedCallee> {
  const all = Object.values(operations);
  const callee = all.map(calleeOf)[0] ?? '';
  const { calls, accepts } = createTestEdge(caller, callee);
  const verify = { issuer: issuer.issuer, audience: callee, keys: issuer.keys, revocations: null, now };
  const accessTokens = all.some(({ user }) => user === 'required') ? createUserTokenVerifier(verify) : null;
  const service = await openCallee({ operations: all, accepts, accessTokens, now });
  service.answer(problem(404, 'not_found'));
  const signer = createServiceTokenSigner({ service: caller, keys: calls, now });
  return { ...service, connection: { signer, baseUrl: service.url } };
}

/** Answers with JSON. */
export function json(body: unknown, status = 200): Answer {
  return (res) => {
    res.status(status).json(body);
  };
}

/** Answers with a problem. */
export function problem(status: number, code: string): Answer {
  return json({ type: `urn:problem:${code}`, title: code, status, detail: 'of the callee', code }, status);
}

/** Answers of a callee that fails. */
export const sick = {
  'never answers': () => undefined,
  'stops in the middle of its answer': (res) => {
    res.type('json').write('{"items":[');
  },
  'hangs up': (res) => {
    res.socket?.destroy();
  },
  'answers with a page': (res) => {
    res.type('html').send('<h1>It works!</h1>');
  },
  'answers with a failing page': (res) => {
    res.status(500).type('html').send('<h1>Oops</h1>');
  },
} as const satisfies Record<string, Answer>;

/** Returns the address of a server that was just closed. */
export async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server.address());
  server.close();
  await once(server, 'close');
  return url;
}

function urlOf(address: AddressInfo | string | null): string {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return `http://127.0.0.1:${address.port}`;
}
