import { ada } from '@auth/dev';
import type { SessionStore } from './session-store.ts';

/** A client that is logged in. */
export interface ClientSession {
  readonly headers: Readonly<Record<string, string>>;
  logOut(): Promise<void>;
}

/** Logs in anew each time. */
export type LogIn = () => Promise<ClientSession>;

/** Nobody in particular. */
export const anybody: LogIn = async () => ({ headers: {}, logOut: async () => undefined });

/** A client that holds tokens: an app, or another server. */
export function bearerLogIn(user: string): LogIn {
  return async () => {
    const { email, password } = ada;
    const answer = await post(`${user}/auth/login`, { email, password });
    const { access_token, refresh_token } = (await answer.json()) as Record<string, string>;
    return {
      headers: { authorization: `Bearer ${access_token}` },
      logOut: async () => void (await post(`${user}/auth/logout`, { refresh_token })),
    };
  };
}

/** A browser at the gateway. It logs out at another replica than it uses. */
export function gatewayLogIn({ gateway, replica }: { gateway: string; replica: string }): LogIn {
  return async () => {
    const { email, password } = ada;
    const answer = await post(`${gateway}/session`, { email, password }, { origin: gateway });
    const cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
    return {
      headers: { cookie },
      async logOut() {
        const headers = { cookie, origin: replica };
        await assertOk(await fetch(`${replica}/session`, { method: 'DELETE', headers }));
      },
    };
  };
}

/** A browser of services that share a store of sessions. Whoever logs out is removed from it. */
export function sharedLogIn(store: SessionStore): LogIn {
  return async () => {
    const id = await store.create({ userId: ada.id, scopes: ['account', 'product:read'] });
    return { headers: { cookie: `session=${id}` }, logOut: () => store.remove(id) };
  };
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return assertOk(
    await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function assertOk(answer: Response): Promise<Response> {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
