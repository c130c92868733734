import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operations } from '@auth/contracts';
import type { AccessTokenVerifier, InboundKeys } from '@auth/verify';
import { createServiceTokenVerifier, createSingleUseStore } from '@auth/verify';
import { refusals, requireCaller } from '@auth/verify/express';
import type { Response } from 'express';
import express from 'express';

/** How a neighbour answers a call that it has let in. */
export type Answer = (res: Response, body: unknown) => void;

/** A service beside order: a real server, with the real guard of one operation in front of an answer. */
export interface Neighbour {
  readonly url: string;
  /** Headers of every request so far, also of those that were refused. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** What it does with calls from now on. */
  answer(answer: Answer): void;
  close(): Promise<void>;
}

export interface NeighbourOptions {
  readonly operation: 'product:quotes.create' | 'user:contacts.read';
  readonly accepts: InboundKeys;
  readonly accessTokens: AccessTokenVerifier | null;
  readonly now: () => number;
}

/** Opens it; until told otherwise it answers 200 with an empty object. */
export async function openNeighbour({
  operation: id,
  accepts,
  accessTokens,
  now,
}: NeighbourOptions): Promise<Neighbour> {
  const operation = operations[id];
  const requests: IncomingHttpHeaders[] = [];
  let current: Answer = json({});
  const verifier = createServiceTokenVerifier({
    ...{ service: id.slice(0, id.indexOf(':')), keys: accepts, accessTokens, now },
    singleUse: createSingleUseStore({ capacity: 1000, now }),
  });
  const app = express();
  app.use((req, _res, next) => {
    requests.push(req.headers);
    next();
  });
  app.all(operation.path, requireCaller(operation, { verifier, onDecision: () => undefined }), (req, res) => {
    current(res, req.body);
  });
  app.use(refusals());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ url: urlOf(server.address()), requests },
    answer(answer) {
      current = answer;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers with JSON. */
export function json(body: unknown, status = 200): Answer {
  return (res) => {
    res.status(status).json(body);
  };
}

/** Answers with a problem. */
export function problem(status: number, code: string): Answer {
  return json({ type: `urn:problem:${code}`, title: code, status, detail: 'of the neighbour', code }, status);
}

/** What neighbours do when they are not well. */
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

/** The address of a server that has just gone. */
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
