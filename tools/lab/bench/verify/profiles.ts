import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type AccessTokenProfile, createAccessTokenVerifier, createIssuers, ownProfile, signJws } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import * as z from 'zod';
import { copyOf, measure, print } from './measure.ts';

interface Options {
  readonly test: TestIssuer;
  readonly audience: string;
  readonly now: () => number;
  readonly scope: string;
}

/** What is measured: a verifier that remembers so many tokens, and the tokens for it. */
interface Subject {
  readonly name: string;
  verifierWith(rememberTokens: number): { verify(token: string): unknown };
  token(): string;
}

type Claims = Readonly<Record<string, unknown>>;

const rounds = 40;
const batch = 250;
const { iat: _iat, ...claimsWithoutIat } = ownProfile.claims;
const tenant = { tenant_id: '7d444840-9dc0-41d1-b245-5ffdce74fad2', plan: 'paid' };

/** Profiles beside ours, with what their tokens have beside ours. They are plain data: one more is one more row. */
const profiles: Readonly<Record<string, readonly [Partial<AccessTokenProfile>, Claims]>> = {
  'without iat': [{ claims: claimsWithoutIat, session: null }, { iat: undefined }],
  'audience in another claim': [
    { audience: { claim: 'client_ref', forms: ['text'] } },
    { aud: undefined, client_ref: 'product' },
  ],
  'roles in a nested place': [
    { roles: { path: ['realm', 'roles'], form: 'texts', isRequired: true } },
    { roles: undefined, realm: { roles: ['customer'] } },
  ],
  'a fixed claim, one that may be absent': [
    { fixed: { token_use: 'access' }, claims: { ...ownProfile.claims, nick: 'text?' } },
    { token_use: 'access' },
  ],
};

/** Measures the verifiers of several profiles beside ours: with tokens that are new, and with tokens seen before. */
export async function measureProfiles(options: Options): Promise<void> {
  const subjects = subjectsOf(options);
  for (const [title, rememberTokens] of [
    ['new tokens', 0],
    [`tokens seen before, of ${batch}`, 10_000],
  ] as const) {
    const candidates = subjects.map(({ name, verifierWith, token }) => {
      const verifier = verifierWith(rememberTokens);
      const tokens = Array.from({ length: batch }, () => `Bearer ${copyOf(token())}`);
      return { name, run: (call: number) => verifier.verify((tokens[call % batch] ?? '').slice(7)) };
    });
    print(`profiles, ${title}`, await measure(candidates, { rounds, batch }));
  }
}

function subjectsOf({ test, audience, now, scope }: Options): readonly Subject[] {
  const base = { issuer: test.issuer, audience, keys: test.keys, revocations: null, now };
  const ofProfiles = Object.entries(profiles).map(([name, [members, claims]]): Subject => {
    const profile: AccessTokenProfile = { ...ownProfile, ...members };
    return {
      name,
      verifierWith: (rememberTokens) =>
        createAccessTokenVerifier<AccessTokenProfile>({ ...base, profile, rememberTokens }),
      token: () => test.token({ scope, ...claims }),
    };
  });
  const claims = z.object({ tenant_id: z.uuid(), plan: z.enum(['free', 'paid']) });
  const token = () => test.token({ scope });
  const own = (rememberTokens: number) => createAccessTokenVerifier({ ...base, rememberTokens });
  return [
    { name: 'ours', verifierWith: own, token },
    ...ofProfiles,
    {
      name: 'ours, two claims more by a schema',
      verifierWith: (rememberTokens) => createAccessTokenVerifier({ ...base, claims, rememberTokens }),
      token: () => test.token({ scope, ...tenant }),
    },
    {
      name: 'ours, the last of three issuers',
      verifierWith(rememberTokens) {
        const others = ['https://a.example', 'https://b.example'].map((issuer) =>
          createAccessTokenVerifier({ ...base, issuer, rememberTokens }),
        );
        return createIssuers([...others, own(rememberTokens)]);
      },
      token,
    },
    withEd25519(base, token),
  ];
}

/** Ours with EdDSA: the claims of the same tokens, signed by a key of Ed25519. */
function withEd25519(
  base: Omit<Options, 'test' | 'scope'> & { readonly issuer: string },
  token: () => string,
): Subject {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k' } as const;
  const keys = new Map([['k', { kid: 'k', alg: 'EdDSA' as const, key: createPublicKey(key) }]]);
  return {
    name: 'ours, EdDSA',
    verifierWith: (rememberTokens) => createAccessTokenVerifier({ ...base, keys, revocations: null, rememberTokens }),
    token() {
      const payload: object = JSON.parse(Buffer.from(token().split('.')[1] ?? '', 'base64url').toString());
      return signJws(payload, { ...header, key });
    },
  };
}
