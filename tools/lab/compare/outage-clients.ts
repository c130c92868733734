import { createHash, createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { CompareStack } from './compare-stack.ts';
import type { OutageClient, OutageOptions } from './outage.ts';
import type { ClientSession } from './sessions.ts';
import type { Variant } from './variants.ts';

/** A signing key as in the key document of the user app. */
interface SigningJwk extends JsonWebKey {
  readonly state: string;
}

/** More than the life of an access token, 600 s. */
const agedBySeconds = 700;

/**
 * Logs a client in at every variant. Two more clients start when the user app is stopped: their access tokens have just
 * expired, as every access token does in an outage of ten minutes.
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

/** The headers of a client with the same access token, issued and expired 700 s earlier. */
async function agedBearer({ headers }: ClientSession, userKeyFile: string): Promise<ClientSession['headers']> {
  const [header = '', payload = ''] = (headers['authorization'] ?? '').replace('Bearer ', '').split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const { iat, exp, auth_time } = claims;
  const earlier = { iat: iat - agedBySeconds, exp: exp - agedBySeconds, auth_time: auth_time - agedBySeconds };
  const signed = `${header}.${Buffer.from(JSON.stringify({ ...claims, ...earlier })).toString('base64url')}`;
  const { signing } = JSON.parse(await readFile(userKeyFile, 'utf8')) as { signing: SigningJwk[] };
  const key = signing.find(({ state }) => state === 'active');
  if (key === undefined) throw new Error('the user app has no active signing key');
  const { state: _, ...jwk } = key;
  const signature = sign('RSA-SHA256', Buffer.from(signed), createPrivateKey({ key: jwk, format: 'jwk' }));
  return { authorization: `Bearer ${signed}.${signature.toString('base64url')}` };
}

/** The headers of a browser, after the access token of its session was set to expired in the gateway's database. */
async function agedBrowser({ headers }: ClientSession, gatewayDbUrl: string): Promise<ClientSession['headers']> {
  const [, id = ''] = (headers['cookie'] ?? '').split('=');
  const client = new pg.Client(gatewayDbUrl);
  await client.connect();
  const { rowCount } = await client.query(
    `update sessions set access_expires_at = now() - interval '1 second', refresh_at = now() - interval '1 minute' where hash = $1`,
    [createHash('sha256').update(id).digest()],
  );
  await client.end();
  if (rowCount !== 1) throw new Error('the gateway has no such session');
  return headers;
}
