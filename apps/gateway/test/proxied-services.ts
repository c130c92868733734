import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Authentication } from '../src/authentication/authentication.ts';
import { type CapturingServices, openCapturingServices } from './capturing-services.ts';
import { openProxyHarness, type ProxyHarness, type ProxyHarnessOptions } from './proxy-harness.ts';
import { type RawAnswer, sendRaw } from './raw-client.ts';

/** A proxy that each test opens, in front of services that record all requests. */
export interface ProxiedServices {
  readonly services: CapturingServices;
  readonly gateway: ProxyHarness;
  /** Opens the proxy with the outcome of its authentication. */
  open(
    authorize: () => Authentication | Promise<Authentication>,
    options?: Partial<ProxyHarnessOptions>,
  ): Promise<void>;
  /** Sends a GET request with these header lines. */
  send(...headers: string[]): Promise<RawAnswer | undefined>;
  /** Returns the values that the service received in a header. */
  arrived(name: string): (string | undefined)[];
}

/** Opens the services for the tests of a file. Closes the proxy after each test, and the services afterwards. */
export function useProxiedServices(): ProxiedServices {
  let services: CapturingServices;
  let gateway: ProxyHarness;
  beforeAll(async () => {
    services = await openCapturingServices();
  });
  afterEach(async () => {
    await gateway.close();
    services.forget();
  });
  afterAll(() => services.close());
  return {
    get services() {
      return services;
    },
    get gateway() {
      return gateway;
    },
    async open(authorize, options = {}) {
      gateway = await openProxyHarness({ origins: services.origins, authorize, ...options });
    },
    async send(...headers) {
      const head = ['GET /products HTTP/1.1', 'Host: a', 'Connection: close', ...headers, '', ''];
      return (await sendRaw(gateway.port, head.join('\r\n')))[0];
    },
    arrived: (name) => services.requests.map(({ headers }) => headers.find(([given]) => given === name)?.[1]),
  };
}

/** Creates the authentication by a session. */
export const session = (onRefused: (code: string) => Promise<string | undefined> = async () => undefined) =>
  ({ kind: 'session', accessToken: 'kept', session: 's1', onRefused }) as const;
