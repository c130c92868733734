import type { ClientSession, LogIn } from './sessions.ts';
import type { Variant } from './variants.ts';

/** What each connection's requests say of who sends them. */
export type ClientsOf = (variant: Variant) => readonly ClientSession['headers'][];

/** Logs one client in for each connection. Variants that log in at the same place share theirs. */
export async function logInClients(
  variants: readonly Variant[],
  { connections, signal }: { connections: number; signal: AbortSignal },
): Promise<ClientsOf> {
  const clients = new Map<LogIn, ClientSession['headers'][]>();
  for (const logIn of new Set(variants.map((variant) => variant.logIn))) {
    const headers: ClientSession['headers'][] = [];
    for (let count = 0; count < connections; count += 1) {
      signal.throwIfAborted();
      headers.push((await logIn()).headers);
    }
    clients.set(logIn, headers);
  }
  return ({ logIn }) => clients.get(logIn) ?? [];
}

/** How many bytes of a request these headers are. */
export function bytesOf(headers: ClientSession['headers'] = {}): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
}
