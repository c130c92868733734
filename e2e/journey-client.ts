/** The sender of requests: a client with or without an access token. */
export interface Client {
  readonly status: (method: string, url: string, body?: unknown) => Promise<number>;
  readonly json: <Body>(method: string, url: string, body?: unknown) => Promise<Body>;
}

/** A REST client over real HTTP. Other answers than 2xx throw with status and body, except in `status`. */
export function createClient(accessToken?: string): Client {
  const send = (method: string, url: string, body?: unknown): Promise<Response> =>
    fetch(url, {
      method,
      headers: {
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });

  return {
    async status(method, url, body) {
      const response = await send(method, url, body);
      await response.arrayBuffer();
      return response.status;
    },
    async json<Body>(method: string, url: string, body?: unknown): Promise<Body> {
      const response = await send(method, url, body);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
      return JSON.parse(text) as Body;
    },
  };
}
