import { ada } from '@auth/dev';
import { assertOk, logIn, logInAtGateway, post } from '../measure/client.ts';
import type { SessionStore } from './session-store.ts';

/** A client that is logged in. */
export interface ClientSession {
  readonly headers: Readonly<Record<string, string>>;
  logOut(): Promise<void>;
}

/** Creates a new session at each call. */
export type LogIn = () => Promise<ClientSession>;

/** An anonymous client. */
export const anonymous: LogIn = async () => ({ headers: {}, logOut: async () => undefined });

/** A client with tokens: an app, or another server. */
export function bearerLogIn(user: string): LogIn {
  return async () => {
    const { access_token, refresh_token } = await logIn(user);
    return {
      headers: { authorization: `Bearer ${access_token}` },
      logOut: async () => void (await assertOk(await post(`${user}/auth/logout`, { refresh_token }))),
    };
  };
}

/** A browser at the gateway. Its logout goes to another replica. */
export function gatewayLogIn({ gateway, replica }: { gateway: string; replica: string }): LogIn {
  return async () => {
    const cookie = await logInAtGateway(gateway);
    return {
      headers: { cookie },
      async logOut() {
        const headers = { cookie, origin: replica };
        await assertOk(await fetch(`${replica}/session`, { method: 'DELETE', headers }));
      },
    };
  };
}

/** A browser of services that share a store of sessions. A logout removes the session from the store. */
export function sharedLogIn(store: SessionStore): LogIn {
  return async () => {
    const id = await store.create({ userId: ada.id, scopes: ['account', 'product:read'] });
    return { headers: { cookie: `session=${id}` }, logOut: () => store.remove(id) };
  };
}

interface WithLogin {
  readonly logIn: LogIn;
}

/** The credentials of a variant, by connection. */
export type ClientsOf = (variant: WithLogin) => readonly ClientSession['headers'][];

/** Logs one client in for each connection. Variants with the same login share their clients. */
export async function logInClients(
  variants: readonly WithLogin[],
  { connections, signal }: { connections: number; signal: AbortSignal },
): Promise<ClientsOf> {
  const clients = new Map<LogIn, ClientSession['headers'][]>();
  for (const create of new Set(variants.map((variant) => variant.logIn))) {
    const headers: ClientSession['headers'][] = [];
    for (let count = 0; count < connections; count += 1) {
      signal.throwIfAborted();
      headers.push((await create()).headers);
    }
    clients.set(create, headers);
  }
  return (variant) => clients.get(variant.logIn) ?? [];
}
