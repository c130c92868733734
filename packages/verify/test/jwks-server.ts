import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './http.ts';

/** How the server answers, or fails to. */
export type JwksListener = (req: IncomingMessage, res: ServerResponse) => void;

/** An issuer's server: real HTTP, with an answer that can be changed. */
export interface JwksServer {
  readonly url: string;
  readonly origin: string;
  /** The headers of every request so far. */
  readonly requests: readonly IncomingMessage['headers'][];
  /** The target of every request so far. */
  readonly targets: readonly string[];
  /** From now on it answers like this. */
  answer(listener: JwksListener): void;
  /** Resolves when the next request has come in. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an issuer's server; close it when the tests are over. */
export async function openJwksServer(listener: JwksListener): Promise<JwksServer> {
  let current = listener;
  const requests: IncomingMessage['headers'][] = [];
  const targets: string[] = [];
  const waiting: (() => void)[] = [];
  const { origin, close } = await listen((req, res) => {
    requests.push(req.headers);
    targets.push(req.url ?? '');
    current(req, res);
    for (const tell of waiting.splice(0)) tell();
  });
  return {
    origin,
    url: `${origin}/.well-known/jwks.json`,
    requests,
    targets,
    answer(next) {
      current = next;
    },
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close,
  };
}

/** Answers a document as JWKS; other headers take the place of the usual ones. */
export function jwksAnswer(jwks: unknown, headers: Readonly<Record<string, string>> = {}): JwksListener {
  return (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'application/jwk-set+json', ...headers });
    res.end(JSON.stringify(jwks));
  };
}

/** Answers nothing but a status. */
export function statusAnswer(status: number, headers: Readonly<Record<string, string>> = {}): JwksListener {
  return (_req, res) => {
    res.writeHead(status, headers).end();
  };
}
