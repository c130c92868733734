import type { Server } from 'node:http';
import request from 'supertest';
import { origin } from './harness.ts';
import type { UserApp } from './user-app.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A browser with a cookie jar for the session cookie. */
export interface Browser {
  /** The session cookie, `name=value`; `''` for none. */
  cookie: string;
  /** Sends a request as a page of the gateway does. */
  send(method: Method, path: string, body?: object): request.Test;
  logIn(userApp: Pick<UserApp, 'user'>): Promise<request.Response>;
}

/** Opens a browser at a replica. */
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
