import type { Server } from 'node:http';
import request from 'supertest';
import { origin } from './harness.ts';
import type { UserApp } from './user-app.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A browser with a cookie jar that holds what it was last given. */
export interface Browser {
  /** The session cookie as it would be sent; `''` for none. */
  cookie: string;
  /** Sends a request as a page of the gateway's own would. */
  send(method: Method, path: string, body?: object): request.Test;
  logIn(userApp: Pick<UserApp, 'user'>): Promise<request.Response>;
}

/** Opens one, at a replica. */
export function openBrowser(server: Server, { cookie = '' }: { cookie?: string } = {}): Browser {
  const browser: Browser = {
    cookie,
    send(method, path, body) {
      const sent = request(server)[method](path).set('Origin', origin).set('Sec-Fetch-Site', 'same-origin');
      if (browser.cookie !== '') sent.set('Cookie', browser.cookie);
      if (body !== undefined) sent.send(body);
      return sent.on('response', ({ headers }: request.Response) => {
        for (const set of headers['set-cookie'] ?? []) browser.cookie = /^[^=]+=[^;]+/.exec(set)?.[0] ?? '';
      });
    },
    logIn: async ({ user: { email, password } }) => browser.send('post', '/session', { email, password }),
  };
  return browser;
}
