import * as z from 'zod';
import { type AccessTokenProfile, type AccessTokenVerifierOptions, ownProfile } from '../src/index.ts';
import type { Chance } from './chance.ts';

/** A kind of issuer: its profile, its own claims, the signers of its keys, and what its tokens have beside ours. */
export interface IssuerKind {
  readonly profile: AccessTokenProfile;
  readonly claims?: NonNullable<AccessTokenVerifierOptions['claims']>;
  readonly signers: readonly [number, number, number];
  /** The claims of a token, made from those of our own profile. */
  claimsOf(claims: Readonly<Record<string, unknown>>, chance: Chance): object;
}

const { iat: _iat, ...claimsWithoutIat } = ownProfile.claims;
/** RS256 with two keys, and ES256. */
const usual = [0, 1, 3] as const;

/** Ours, without `iat`, with the audience in another claim, with EdDSA, and with claims of its own. */
export const issuerKinds: readonly IssuerKind[] = [
  { profile: ownProfile, signers: usual, claimsOf: (claims) => claims },
  {
    profile: { ...ownProfile, claims: claimsWithoutIat, session: null },
    signers: usual,
    claimsOf: ({ iat, ...claims }, chance) => (chance.below(4) === 0 ? { ...claims, iat } : claims),
  },
  {
    profile: {
      ...ownProfile,
      audience: { claim: 'client_ref', forms: ['text', 'texts'] },
      roles: { path: ['realm', 'roles'], form: 'texts', isRequired: false },
      typ: ['at+jwt', 'JWT', null],
    },
    signers: usual,
    claimsOf: ({ aud, roles, ...claims }, chance) => ({
      ...claims,
      client_ref: Array.isArray(aud) && chance.below(2) === 0 ? aud[0] : aud,
      ...chance.pick([{}, { realm: {} }, { realm: { roles } }, { realm: { roles } }]),
    }),
  },
  { profile: { ...ownProfile, algorithms: ['EdDSA'] }, signers: [4, 5, 4], claimsOf: (claims) => claims },
  {
    profile: { ...ownProfile, fixed: { token_use: 'access' } },
    claims: z.object({ tenant: z.string().max(8), limits: z.record(z.string(), z.array(z.int())).optional() }),
    signers: usual,
    claimsOf: (claims, chance) => ({
      ...claims,
      token_use: chance.below(12) === 0 ? 'id' : 'access',
      tenant: chance.pick(['blue', 'green', 'red', 'red', 'a name that is too long']),
      ...chance.pick([{}, { limits: {} }, { limits: { day: [1, 2], month: [] } }]),
    }),
  },
];

/** The issuers of a world: all are at the same service, under another name for each of them. */
export const issuers = [
  { name: 'https://auth.example', audience: 'order' },
  { name: 'https://auth.example/b', audience: 'user' },
  { name: 'https://c.example', audience: 'order' },
] as const;
