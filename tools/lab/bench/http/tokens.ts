import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { accessTokenHeader, accessTokenPayload } from '@auth/verify/issuer';

/** Access tokens as the user app makes them, and the key set that they are verified with. */
export interface IssuedTokens {
  readonly jwks: { readonly keys: readonly object[] };
  readonly tokens: readonly string[];
}

export interface IssueOptions {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly scope: string;
  readonly count: number;
}

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);
const lifeSeconds = 3600;
/** Signed at a time, so that every core has work. */
const batch = 64;

/** Makes a key and so many tokens, each for a user of its own. Signed by threads: it takes half as long. */
export async function issueTokens({ issuer, audience, scope, count }: IssueOptions): Promise<IssuedTokens> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [kid, alg] = [randomBytes(8).toString('base64url'), 'RS256'] as const;
  const header = encode(accessTokenHeader({ kid, alg }));
  const iat = Math.floor(Date.now() / 1000);
  const common = {
    ...{ issuer, audience, clientId: 'first-party', issuedAt: iat, lifetimeSeconds: lifeSeconds, authTime: iat },
    ...{ scopes: [scope], roles: ['customer'] },
  };
  const issue = async () => {
    const payload = accessTokenPayload({ ...common, userId: randomUUID(), sid: randomUUID() });
    const text = `${header}.${encode(payload)}`;
    return `${text}.${(await signAsync('RSA-SHA256', Buffer.from(text), privateKey)).toString('base64url')}`;
  };
  const tokens: string[] = [];
  while (tokens.length < count) {
    const next = Array.from({ length: Math.min(batch, count - tokens.length) }, issue);
    tokens.push(...(await Promise.all(next)));
  }
  return { jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] }, tokens };
}

/** The user of a token. */
export function subjectOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
