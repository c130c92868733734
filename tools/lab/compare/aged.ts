import type { JsonWebKey } from 'node:crypto';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { ClientSession } from './sessions.ts';

/** A signing key as the key document of the user app holds it. */
interface SigningJwk extends JsonWebKey {
  readonly state: string;
}

/** The life of an access token, and some. */
const agedBySeconds = 700;

/** The client as it is when its access token has run out: the same token, issued and expired so much earlier. */
export async function agedBearer({ headers }: ClientSession, userKeyFile: string): Promise<ClientSession['headers']> {
  const [header = '', payload = ''] = (headers['authorization'] ?? '').replace('Bearer ', '').split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const { iat, exp, auth_time } = claims;
  const earlier = { iat: iat - agedBySeconds, exp: exp - agedBySeconds, auth_time: auth_time - agedBySeconds };
  const signed = `${header}.${Buffer.from(JSON.stringify({ ...claims, ...earlier })).toString('base64url')}`;
  const { signing } = JSON.parse(await readFile(userKeyFile, 'utf8')) as { signing: SigningJwk[] };
  const key = signing.find(({ state }) => state === 'active');
  if (key === undefined) throw new Error('the user app has no key to sign with');
  const { state: _, ...jwk } = key;
  const signature = sign('RSA-SHA256', Buffer.from(signed), createPrivateKey({ key: jwk, format: 'jwk' }));
  return { authorization: `Bearer ${signed}.${signature.toString('base64url')}` };
}

/** The browser as it is when the access token behind its cookie has run out. */
export async function agedBrowser({ headers }: ClientSession, gatewayDbUrl: string): Promise<ClientSession['headers']> {
  const [, id = ''] = (headers['cookie'] ?? '').split('=');
  const client = new pg.Client(gatewayDbUrl);
  await client.connect();
  const { rowCount } = await client.query(
    `update sessions set access_expires_at = now() - interval '1 second', refresh_at = now() - interval '1 minute' where hash = $1`,
    [createHash('sha256').update(id).digest()],
  );
  await client.end();
  if (rowCount !== 1) throw new Error('the gateway does not know the session');
  return headers;
}
