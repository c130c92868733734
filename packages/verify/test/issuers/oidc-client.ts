import { recordOfTexts } from './real-issuer.ts';

const client = { id: 'shop', secret: 'secret-of-shop', redirectUri: 'https://shop.example/callback' };

/** Gets an access token for the client itself (RFC 6749 §4.4), for one resource (RFC 8707), or an opaque one without. */
export async function tokenOfClient(origin: string, resource?: string): Promise<string> {
  const { access_token: token = '' } = await requestToken(origin, {
    grant_type: 'client_credentials',
    ...(resource === undefined ? {} : { resource, scope: 'api:read' }),
  });
  return token;
}

/** Logs a user in by the authorization code flow, as a browser goes through it, and returns all tokens of the client. */
export async function tokensOfUser(origin: string, resource: string): Promise<{ access: string; id: string }> {
  const visit = createVisits(origin);
  const asked = { client_id: client.id, redirect_uri: client.redirectUri, response_type: 'code', resource };
  const login = await visit(`/auth?${new URLSearchParams({ ...asked, scope: 'openid api:read' })}`);
  const loggedIn = await visit(login, { prompt: 'login', login: 'user-1', password: 'any' });
  const consented = await visit(await visit(loggedIn), { prompt: 'consent' });
  const code = new URL(await visit(consented)).searchParams.get('code') ?? '';
  const redirect = { redirect_uri: client.redirectUri, resource };
  const tokens = await requestToken(origin, { grant_type: 'authorization_code', code, ...redirect });
  return { access: tokens['access_token'] ?? '', id: tokens['id_token'] ?? '' };
}

/** Asks what an opaque token stands for, and returns the answer as the issuer signs it (RFC 9701). */
export async function signedIntrospection(origin: string, token: string): Promise<string> {
  const response = await post(origin, '/token/introspection', { token }, 'application/token-introspection+jwt');
  return await response.text();
}

async function requestToken(origin: string, form: Record<string, string>): Promise<Partial<Record<string, string>>> {
  const { access_token, id_token } = Object(await (await post(origin, '/token', form, 'application/json')).json());
  return recordOfTexts(id_token === undefined ? { access_token } : { access_token, id_token });
}

async function post(origin: string, path: string, form: Record<string, string>, accept: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const body = new URLSearchParams(form);
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers: { authorization, accept }, body });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}`);
  return response;
}

/** Creates a browser with cookies and nothing else. A visit returns where it is sent on to. */
function createVisits(origin: string): (target: string, form?: Record<string, string>) => Promise<string> {
  const cookies = new Map<string, string>();
  return async (target, form) => {
    const sent = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(new URL(target, origin), { ...sent, redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`${new URL(target, origin).pathname} answered ${response.status}`);
    return next;
  };
}
