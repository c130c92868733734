import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { accessTokenHeader, accessTokenPayload } from '@auth/verify/issuer';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Access tokens as the user app issues them, and the key set that verifies them. */
export interface IssuedTokens {
  readonly jwks: { readonly keys: readonly object[] };
  readonly tokens: readonly string[];
}

interface IssueOptions {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly scope: string;
  readonly count: number;
}

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);
const lifeSeconds = 3600;
/** Tokens that are signed at a time, by the threads of libuv. */
const signBatch = 64;
const sessionBatch = 2000;
const insert = `insert into sessions select id, user_id, $3, now() + interval '1 hour'
  from unnest($1::text[], $2::uuid[]) as session (id, user_id)`;

/** Creates a key and tokens, each for a user of its own. */
export async function issueTokens({ issuer, audience, scope, count }: IssueOptions): Promise<IssuedTokens> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [kid, alg] = [randomBytes(8).toString('base64url'), 'RS256'] as const;
  const header = encode(accessTokenHeader({ kid, alg }));
  const iat = Math.floor(Date.now() / 1000);
  const issue = async () => {
    const payload = accessTokenPayload({
      issuer,
      audience,
      clientId: 'first-party',
      issuedAt: iat,
      lifetimeSeconds: lifeSeconds,
      authTime: iat,
      scopes: [scope],
      roles: ['customer'],
      userId: randomUUID(),
      sid: randomUUID(),
    });
    const text = `${header}.${encode(payload)}`;
    return `${text}.${(await signAsync('RSA-SHA256', Buffer.from(text), privateKey)).toString('base64url')}`;
  };
  const tokens: string[] = [];
  while (tokens.length < count) {
    const batch = Array.from({ length: Math.min(signBatch, count - tokens.length) }, issue);
    tokens.push(...(await Promise.all(batch)));
  }
  return { jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] }, tokens };
}

/**
 * Creates a session for each token, in Postgres and, where there is one, in Redis. The id of the session is the end of the
 * token, so that all rows are sent the same header.
 */
export async function createSessions(
  tokens: readonly string[],
  { postgresUrl, redisUrl, scope }: { postgresUrl: string; redisUrl: string | undefined; scope: string },
): Promise<void> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  const scopes = scope.split(' ');
  const redis = redisUrl === undefined ? undefined : new Redis(redisUrl);
  try {
    await client.query(
      'create table sessions (id text primary key, user_id uuid not null, scope text not null, expires_at timestamptz not null)',
    );
    for (let from = 0; from < tokens.length; from += sessionBatch) {
      const batch = tokens.slice(from, from + sessionBatch);
      const sessions = batch.map((token) => ({ id: token.slice(-43), user: subjectOf(token) }));
      await client.query(insert, [sessions.map(({ id }) => id), sessions.map(({ user }) => user), scope]);
      const pipeline = redis?.pipeline();
      for (const { id, user } of sessions) pipeline?.set(id, JSON.stringify({ user, scopes }), 'EX', lifeSeconds);
      await pipeline?.exec();
    }
    await client.query('vacuum analyze sessions');
  } finally {
    redis?.disconnect();
    await client.end();
  }
}

/** The user of a token. */
export function subjectOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
