import { Agent, request } from 'undici';

export const password = 'nanosecond-wire-30cm';

/** What a login or a refresh answers, as far as it is used here. */
export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Requests to the user app, over connections that are kept. @throws Error for any other status than the expected one */
export function openUserClient(base: string) {
  const dispatcher = new Agent({ keepAliveTimeout: 60_000, connections: 64 });
  async function post(path: string, body: object, expected: number): Promise<unknown> {
    const { statusCode, body: answer } = await request(base + path, {
      ...{ dispatcher, method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    if (statusCode !== expected) throw new Error(`${path} answered ${statusCode}: ${text}`);
    return JSON.parse(text);
  }
  return {
    async register(email: string): Promise<void> {
      await post('/auth/register', { email, password, name: 'Grace' }, 201);
    },
    logIn: async (email: string) => (await post('/auth/login', { email, password }, 200)) as TokenPair,
    refresh: async (refresh_token: string) => (await post('/auth/refresh', { refresh_token }, 200)) as TokenPair,
    async get(path: string, token: string): Promise<void> {
      const headers = { authorization: `Bearer ${token}` };
      const { statusCode, body } = await request(base + path, { dispatcher, headers });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
    },
    close: () => dispatcher.close(),
  };
}
