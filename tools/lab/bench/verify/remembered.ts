import { randomBytes } from 'node:crypto';
import { createAccessTokenVerifier, type PublicKeys } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { createVerifier } from 'fast-jwt';
import { copyOf, heapBytes, measure, print } from './measure.ts';

interface Options {
  readonly test: TestIssuer;
  readonly audience: string;
  readonly now: () => number;
  readonly scope: string;
}

const rounds = 60;
const batch = 200;

/** Measures the memory of verified tokens: time with and without it, and its size. */
export async function measureRemembered({ test, audience, now, scope }: Options): Promise<void> {
  const options = { issuer: test.issuer, audience, keys: test.keys, revocations: { isRevoked: () => false }, now };
  // New strings, as in requests: a string that is used again has its hash cached.
  const headers = Array.from({ length: (rounds + 2) * batch }, () => `Bearer ${copyOf(test.token({ scope }))}`);
  const tokenOf = (call: number) => (headers[call % headers.length] ?? '').slice(7);
  const with500 = (call: number) => tokenOf(call % 500);
  const remembering = createAccessTokenVerifier(options);
  const forgetful = createAccessTokenVerifier({ ...options, rememberTokens: 0 });
  const fast = createVerifier({ ...fastOptions(test.keys, test.kid), allowedIss: test.issuer, allowedAud: audience });
  print(
    'access token, seen before, of 500',
    await measure(
      [
        { name: '@auth/verify, nothing remembered', run: (call) => forgetful.verify(with500(call)) },
        { name: '@auth/verify', run: (call) => remembering.verify(with500(call)) },
        { name: 'fast-jwt, with its cache', run: (call) => fast(with500(call)) },
      ],
      { rounds, batch: 500 },
    ),
  );
  const flooded = createAccessTokenVerifier(options);
  print(
    'access token, each one once',
    await measure(
      [
        { name: '@auth/verify, nothing remembered', run: (call) => forgetful.verify(tokenOf(call)) },
        { name: '@auth/verify', run: (call) => flooded.verify(tokenOf(call)) },
      ],
      { rounds, batch },
    ),
  );
  process.stdout.write('\nmemory of a remembered token: counted, and found on the heap\n');
  const word = () => randomBytes(3).toString('hex');
  for (const [name, claims] of [
    ['usual', { scope }],
    ['100 scopes', () => ({ scope: Array.from({ length: 100 }, word).join(' ') })],
    ['600 scopes', () => ({ scope: Array.from({ length: 600 }, word).join(' ') })],
    ['500 roles', () => ({ scope, roles: Array.from({ length: 500 }, word) })],
  ] as const) {
    weigh(name, options, () => test.token(typeof claims === 'function' ? claims() : claims));
  }
}

function weigh(name: string, options: Parameters<typeof createAccessTokenVerifier>[0], next: () => string): void {
  const verifier = createAccessTokenVerifier(options);
  // The first call creates structures that are not counted.
  verifier.verify(next());
  const tokens = Array.from({ length: 200 }, () => copyOf(next()));
  const before = heapBytes();
  // A token is remembered at its second use.
  for (const token of [...tokens, ...tokens]) verifier.verify(token);
  const [after, memory] = [heapBytes(), verifier.memory()];
  const [each, found] = [memory.bytes / memory.tokens, (after - before) / memory.tokens];
  const length = `${tokens[0]?.length} bytes`;
  process.stdout.write(`${name.padEnd(12)} ${length.padStart(11)} ${each.toFixed(0)} ${found.toFixed(0)}\n`);
}

function fastOptions(keys: PublicKeys, kid: string) {
  const key = keys.get(kid)?.key.export({ type: 'spki', format: 'pem' }).toString() ?? '';
  return { key, algorithms: ['RS256' as const], cache: 10_000 };
}
