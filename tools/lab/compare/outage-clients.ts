import { agedBearer, agedBrowser } from './aged.ts';
import type { CompareStack } from './compare-stack.ts';
import type { OutageClient, OutageOptions } from './outage.ts';
import type { ClientSession } from './sessions.ts';
import type { Variant } from './variants.ts';

/**
 * Logs a client in at every variant. From the moment on when the user app is stopped two more ask: clients whose access
 * token has just run out, as happens to everybody when that lasts for ten minutes.
 */
export async function outageClients(
  { keyFiles, postgres }: CompareStack,
  variants: readonly Variant[],
): Promise<Pick<OutageOptions, 'clients' | 'whenStopped'>> {
  const clients: OutageClient[] = [];
  const spare = new Map<string, { variant: Variant; session: ClientSession }>();
  for (const variant of variants) {
    const { key, title, origin, path, logIn } = variant;
    const { headers } = await logIn();
    clients.push({ key, title, ask: { origin, path, headers }, ...(key === 'open' ? {} : { logIn }) });
    if (key === 'bearer' || key === 'gateway-postgres') spare.set(key, { variant, session: await logIn() });
  }

  async function aged(
    key: string,
    age: (session: ClientSession) => Promise<ClientSession['headers']>,
  ): Promise<OutageClient[]> {
    const found = spare.get(key);
    if (found === undefined) return [];
    const { origin, path } = found.variant;
    const [letter] = found.variant.title.split(' ');
    const ask = { origin, path, headers: await age(found.session) };
    return [{ key: `${key}-aged`, title: `${letter} ten minutes later`, ask }];
  }

  return {
    clients,
    whenStopped: async () => [
      ...(await aged('bearer', (session) => agedBearer(session, keyFiles['user'] ?? ''))),
      ...(await aged('gateway-postgres', (session) => agedBrowser(session, postgres.url('gateway')))),
    ],
  };
}
