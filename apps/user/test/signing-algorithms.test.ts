import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseSigning } from '@auth/keys/signing-key';
import { generateSigningKey } from '@auth/ops';
import { createAccessTokenVerifier, ownProfile, parseJwks } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import { createTokenIssuer } from '../src/sessions/tokens.ts';

const { algorithms } = ownProfile;
const issuer = 'https://auth.example';

/** Signs a token with a new key of each algorithm. Returns the tokens and the set of all keys. */
async function tokensOfAll() {
  const all = await Promise.all(
    algorithms.map(async (alg) => {
      const { active, jwks } = parseSigning([await generateSigningKey('active', alg)]);
      const tokens = createTokenIssuer({
        issuer,
        clientId: 'first-party',
        lifetimeSeconds: 600,
        signingKey: () => active,
      });
      const issuedAt = Math.floor(Date.now() / 1000);
      const { token } = tokens.issue({
        userId: alg,
        roles: [],
        sid: 'session-1',
        scopes: ['order:read'],
        audience: ['order'],
        authTime: new Date(),
        issuedAt,
      });
      return { token, keys: jwks.keys };
    }),
  );
  return { tokens: all.map(({ token }) => token), jwks: { keys: all.flatMap(({ keys }) => keys) } };
}

/** Replaces the first characters of the signature. */
function forged(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  return `${token.slice(0, at)}${token.startsWith('AAAA', at) ? 'BBBB' : 'AAAA'}${token.slice(at + 4)}`;
}

/** Verifies tokens with jose, which fetches the keys from a server. */
async function outcomesOfJose(jwks: object, tokens: readonly string[]): Promise<unknown> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(JSON.stringify(jwks));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const script = fileURLToPath(new URL('./jose.mjs', import.meta.url));
    const args = [script, `http://127.0.0.1:${port}/`, issuer, 'order', ...tokens];
    const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await text(child.stdout));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('an access token of each algorithm', () => {
  it('is accepted by our verifier and by jose from one JWK Set, and refused by both with another signature', async () => {
    const { tokens, jwks } = await tokensOfAll();
    const options = { issuer, audience: 'order', keys: parseJwks(jwks), revocations: null };
    const { verify } = createAccessTokenVerifier({ ...options, now: () => Date.now() / 1000 });
    expect(tokens.map((token) => verify(token).sub)).toEqual(algorithms);
    for (const token of tokens) expect(() => verify(forged(token))).toThrow('invalid_token: signature');

    const refused = algorithms.map(() => 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
    expect(await outcomesOfJose(jwks, [...tokens, ...tokens.map(forged)])).toEqual([...algorithms, ...refused]);
  });
});
