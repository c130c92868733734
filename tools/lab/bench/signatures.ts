// pnpm bench:signatures: cost of an access token with RS256, ES256 and EdDSA: signing, verification with every check, bytes.

import { cpus } from 'node:os';
import { stdout } from 'node:process';
import { startCommand } from '@auth/command';
import { parseSigning } from '@auth/keys/signing-key';
import { generateSigningKey } from '@auth/ops/keys/generate';
import { createAccessTokenVerifier, parseJwks } from '@auth/verify';
import { signAccessToken } from '@auth/verify/issuer';
import { labCommands } from '../commands.ts';
import { type Candidate, measure, print } from './verify/measure.ts';

startCommand(labCommands['bench:signatures']);

const now = () => Date.now() / 1000;
const issuer = 'https://auth.example';
const audience = 'product';
/** Number of tokens. Each call takes another one, so that no cache of verified tokens helps. */
const tokensOfEach = 400;

interface Candidates {
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  readonly sign: Candidate;
  readonly verify: Candidate;
  readonly bytes: number;
}

async function candidatesOf(alg: Candidates['alg']): Promise<Candidates> {
  const { active, jwks } = parseSigning([await generateSigningKey('active', alg)]);
  const verifier = createAccessTokenVerifier({
    issuer,
    audience,
    keys: parseJwks(jwks),
    revocations: null,
    now,
    rememberTokens: 0,
  });
  const sign = () => {
    const issuedAt = Math.floor(now());
    return signAccessToken(active, {
      issuer,
      audience: ['user', 'product', 'order'],
      userId: '019b0000-0000-7000-8000-000000000ada',
      clientId: 'first-party',
      issuedAt,
      lifetimeSeconds: 600,
      authTime: issuedAt,
      sid: '019b0000-0000-7000-8000-000000000adb',
      roles: ['customer'],
      scopes: ['account', 'product:read', 'order:read', 'order:write'],
    });
  };
  const tokens = Array.from({ length: tokensOfEach }, sign);
  return {
    alg,
    sign: { name: alg, run: sign },
    verify: { name: alg, run: (call) => verifier.verify(tokens[call % tokensOfEach] ?? '') },
    bytes: tokens[0]?.length ?? 0,
  };
}

stdout.write(`node ${process.version}, ${cpus()[0]?.model.trim()} x ${cpus().length}\n`);
const all = [await candidatesOf('RS256'), await candidatesOf('ES256'), await candidatesOf('EdDSA')];
const signed = await measure(
  all.map(({ sign }) => sign),
  { rounds: 40, batch: 50 },
);
const verified = await measure(
  all.map(({ verify }) => verify),
  { rounds: 40, batch: tokensOfEach },
);
print('sign', signed);
print('verify, every check, a token not seen before', verified);
stdout.write(`\nbytes  ${all.map(({ alg, bytes }) => `${alg} ${bytes}`).join(', ')}\n`);
for (const [index, { alg }] of all.entries()) {
  if (index === 0) continue;
  const gain = (signed[0]?.best ?? 0) - (signed[index]?.best ?? 0);
  const loss = (verified[index]?.best ?? 0) - (verified[0]?.best ?? 0);
  stdout.write(
    `a token costs less with ${alg} while fewer than ${(gain / loss).toFixed(1)} processes verify it for the first time\n`,
  );
}
