// pnpm bench:verify: cost of verifying a token, beside other libraries.

import { verify as verifySignature } from 'node:crypto';
import { cpus } from 'node:os';
import { startCommand } from '@auth/command';
import {
  createAccessTokenVerifier,
  createServiceTokenSigner,
  createServiceTokenVerifier,
  createSingleUseStore,
} from '@auth/verify';
import { createTestEdge, createTestIssuer } from '@auth/verify/testing';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify } from 'jose';
import jwt from 'jsonwebtoken';
import { labCommands } from '../../commands.ts';
import { measure, print } from './measure.ts';
import { measureProfiles } from './profiles.ts';
import { measureRemembered } from './remembered.ts';

startCommand(labCommands['bench:verify']);

const now = () => Date.now() / 1000;
const issuer = 'https://auth.example';
const audience = 'product';
const test = createTestIssuer({ issuer, audience: ['user', 'product', 'order'], now });
const scope = 'account product:read order:read order:write';
/** Each call takes another token, so that no cache helps. */
const tokens = Array.from({ length: 400 }, () => test.token({ scope }));
const tokenOf = (call: number) => tokens[call % tokens.length] ?? '';
const key = test.keys.get(test.kid)?.key;
if (key === undefined) throw new Error('no key');

const verifier = createAccessTokenVerifier({
  issuer,
  audience,
  keys: test.keys,
  revocations: null,
  now,
  rememberTokens: 0,
});
const joseKey = await importJWK({ ...key.export({ format: 'jwk' }), alg: 'RS256' });
const pem = key.export({ type: 'spki', format: 'pem' }).toString();
const fast = createVerifier({
  key: pem,
  algorithms: ['RS256'],
  allowedIss: issuer,
  allowedAud: audience,
  cache: false,
});

function rawVerify(token: string): boolean {
  const end = token.lastIndexOf('.');
  return verifySignature(
    'RSA-SHA256',
    Buffer.from(token.slice(0, end)),
    key ?? '',
    Buffer.from(token.slice(end + 1), 'base64url'),
  );
}

process.stdout.write(`node ${process.version}, ${cpus()[0]?.model.trim()} x ${cpus().length}\n`);

print(
  `access token, cold, ${tokenOf(0).length} bytes`,
  await measure(
    [
      { name: 'node:crypto, signature only', run: (call) => rawVerify(tokenOf(call)) },
      { name: '@auth/verify, every check', run: (call) => verifier.verify(tokenOf(call)) },
      {
        name: 'jsonwebtoken',
        run: (call) => jwt.verify(tokenOf(call), key, { algorithms: ['RS256'], issuer, audience }),
      },
      { name: 'fast-jwt, cache off', run: (call) => fast(tokenOf(call)) },
      {
        name: 'jose',
        run: (call) => jwtVerify(tokenOf(call), joseKey, { algorithms: ['RS256'], issuer, audience, typ: 'at+jwt' }),
      },
    ],
    { rounds: 60, batch: 400 },
  ),
);

await measureRemembered({ test, audience, now, scope });
await measureProfiles({ test, audience, now, scope });

const operation = {
  id: 'product:quotes.create',
  method: 'POST',
  path: '/internal/quotes',
  callers: ['order'],
  user: 'none',
} as const;
const edge = createTestEdge('order', 'product');
const signer = createServiceTokenSigner({ service: 'order', keys: edge.calls, now });
const calls = createServiceTokenVerifier({
  service: 'product',
  keys: edge.accepts,
  accessTokens: null,
  singleUse: createSingleUseStore({ capacity: 1_000_000, now }),
  now,
});
const target = '/internal/quotes';
const content = Buffer.alloc(1024, 'x');
const sign = () => signer.sign({ operation, target, content });
const signed: string[] = [];

print(
  `service token, ${content.length} bytes of content, ${sign().length} bytes of token`,
  await measure(
    [
      { name: 'mint', run: () => signed.push(sign()) },
      {
        name: 'verify, every check, single use',
        run: () => {
          const serviceToken = signed.pop() ?? '';
          return calls
            .verify({ operation, method: 'POST', target, serviceToken, accessToken: undefined })
            .accept(content);
        },
      },
    ],
    { rounds: 60, batch: 400 },
  ),
);

const garbage = 'a'.repeat(15_000);
const forged = `${tokenOf(0).slice(0, -8)}AAAAAAAA`;
const refused = (token: string) => () => {
  try {
    verifier.verify(token);
  } catch {
    return true;
  }
  throw new Error('accepted');
};

print(
  'refusals',
  await measure(
    [
      { name: '15 KB of garbage', run: refused(garbage) },
      { name: '8 KB of garbage', run: refused(garbage.slice(0, 8000)) },
      { name: 'forged signature', run: refused(forged) },
    ],
    { rounds: 60, batch: 400 },
  ),
);
