import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';

/** A gateway with a service behind /products that a test scripts; /orders goes to another service. */
export interface ScriptedProduct {
  readonly around: Surroundings;
  readonly gateway: Harness;
  /** The requests to the service since the last `serve`, without probes. */
  readonly seen: readonly IncomingMessage[];
  readonly port: number;
  /** Sets the answers of the service, and forgets its requests. */
  serve(listener: RequestListener): void;
  /** Forgets the requests of the service. */
  forget(): void;
  /** Sends a GET request with a token. */
  ask(path: string): request.Test;
  /** Sends a request whose body and answer are streams. */
  open(method: string, headers?: Record<string, string | number>): ClientRequest;
}

/** Opens the gateway for the tests of a file, and closes it afterwards. */
export function useScriptedProduct(): ScriptedProduct {
  let around: Surroundings;
  let gateway: Harness;
  let seen: IncomingMessage[] = [];
  let handle: RequestListener = (_req, res) => void res.end('ok');
  const server = createServer((req, res) => {
    // The probe of the breaker.
    if (req.url !== '/livez') seen.push(req);
    handle(req, res);
  });
  const product: ScriptedProduct = {
    get around() {
      return around;
    },
    get gateway() {
      return gateway;
    },
    get seen() {
      return seen;
    },
    get port() {
      return (gateway.server.address() as AddressInfo).port;
    },
    serve(listener) {
      product.forget();
      handle = listener;
    },
    forget() {
      seen = [];
    },
    ask: (path) => request(gateway.server).get(path).set('Authorization', 'Bearer x'),
    open(method, headers = {}) {
      const sent = { authorization: 'Bearer x', ...headers };
      const req = httpRequest({ port: product.port, method, path: '/products', headers: sent });
      req.on('error', () => undefined);
      return req;
    },
  };

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    around = await openSurroundings();
    const { port } = server.address() as AddressInfo;
    gateway = await openHarness(around, { product: `http://127.0.0.1:${port}`, breaker: { failures: 3, openMs: 100 } });
  });
  afterEach(async () => {
    // A success resets the failures of this test for the next one.
    handle = (_req, res) => void res.end('ok');
    await until(async () => (await product.ask('/products')).status === 200);
  });
  afterAll(async () => {
    await gateway.close();
    await around.close();
    server.close();
    server.closeAllConnections();
  });
  return product;
}

/** Waits until a condition holds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
