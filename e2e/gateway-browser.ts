/** The HTTP behaviour of a browser at the gateway: keeps its cookie and sends the origin of its pages. */
export interface GatewayBrowser {
  /** The session cookie, `name=value`. */
  readonly cookie: string;
  readonly email: string;
  send(method: string, path: string, body?: unknown): Promise<Response>;
}

const password = 'correct horse battery staple';

/** Registers a user through the gateway and logs in there. */
export async function openNewBrowser(url: string): Promise<GatewayBrowser> {
  const email = `${crypto.randomUUID()}@example.com`;
  const send = (cookie: string) => (method: string, path: string, body?: unknown) =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        origin: url,
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const anonymous = send('');
  const registered = await anonymous('POST', '/auth/register', { email, password, name: email });
  if (registered.status !== 201) throw new Error(`register: ${registered.status} ${await registered.text()}`);
  const begun = await anonymous('POST', '/session', { email, password });
  if (begun.status !== 201) throw new Error(`log in: ${begun.status} ${await begun.text()}`);
  const cookie = /^[^;]+/.exec(begun.headers.getSetCookie()[0] ?? '')?.[0] ?? '';
  return { cookie, email, send: send(cookie) };
}
