import { beforeAll, beforeEach } from '@jest/globals';
import { openBrowser } from './browser.ts';
import { type Harness, origin, type Surroundings, useGateway } from './harness.ts';
import type { Received } from './service.ts';

/** A gateway with a session, for requests that a test writes as bytes. */
export interface WrittenRequests {
  readonly around: Surroundings;
  readonly gateway: Harness;
  readonly cookie: string;
  /** Writes a request with the cookie of the session. */
  written(line: string, headers?: readonly string[], body?: string): string;
  /** Returns the requests that reached the service in this test. */
  reached(): readonly Received[];
}

/** Opens the gateway and its session for the tests of a file, and closes it afterwards. */
export function useWrittenRequests(): WrittenRequests {
  let around: Surroundings;
  let gateway: Harness;
  let cookie: string;
  let before: number;
  useGateway((opened) => ({ around, gateway } = opened));
  beforeAll(async () => {
    const browser = openBrowser(gateway.server);
    await browser.logIn(around.userApp);
    cookie = browser.cookie;
  });
  beforeEach(() => {
    before = around.service.received.length;
  });
  return {
    get around() {
      return around;
    },
    get gateway() {
      return gateway;
    },
    get cookie() {
      return cookie;
    },
    written: (line, headers = [], body = '') =>
      `${[line, 'Host: shop.example', `Cookie: ${cookie}`, `Origin: ${origin}`, ...headers].join('\r\n')}\r\n\r\n${body}`,
    reached: () => around.service.received.slice(before),
  };
}
