import * as z from 'zod';
import type { RefusalReason } from './auth-error.ts';
import { isPublicKeyAlgorithm, type PublicKeyAlgorithm } from './jws-algorithms.ts';
import { maxAccessTokenSeconds, maxVerifiedSeconds } from './times.ts';

/**
 * The JSON form of a claim. `text`: a string, not empty. `id`: a string of 1 to 255 characters. `id128`: 128 random
 * bits as 22 base64url characters. `words`: a string of words separated by spaces, or empty. `texts`: an array of
 * strings that are not empty. `seconds`: a whole number above 0, seconds since 1970.
 */
export type ClaimForm = 'text' | 'id' | 'id128' | 'words' | 'texts' | 'seconds';

/** A place in the payload that holds a list: its path, its form, and whether a token must have it. */
export interface ClaimPlace {
  /** The names from the outside in: `['realm_access', 'roles']`. */
  readonly path: readonly string[];
  readonly form: 'words' | 'texts';
  /** `false`: a token without it has an empty list. */
  readonly isRequired: boolean;
}

/**
 * A profile of access tokens: which tokens of an issuer are accepted, as plain data. No rule is skipped because a token
 * lacks a claim: what may be absent is said here.
 */
export interface AccessTokenProfile {
  /** The allowed values of `typ` in the header (RFC 8725 §3.11). `null` stands for a header without `typ`. */
  readonly typ: readonly (string | null)[];
  /** Members that the header may have besides `alg`, `typ` and `kid`. They are not used. */
  readonly otherHeaderMembers: readonly string[];
  readonly algorithms: readonly PublicKeyAlgorithm[];
  /** The members that a key of the JWK Set must have. A key without `alg` gets the one of `algorithms` that fits its `kty` and curve; if two fit, it is ignored. */
  readonly jwk: { readonly alg: 'required' | 'optional'; readonly use: 'required' | 'optional' };
  /** The claim that says whom a token is for, and its allowed forms. */
  readonly audience: { readonly claim: string; readonly forms: readonly ('text' | 'texts')[] };
  /** The form of each claim that is handed out. A question mark at the end: the claim may be absent. */
  readonly claims: Readonly<Record<string, ClaimForm | `${ClaimForm}?`>>;
  /** Claims that must have exactly this value. */
  readonly fixed: Readonly<Record<string, string | number | boolean>>;
  /**
   * Claims that no access token of the issuer has, such as `nonce` of an ID token, or that this package cannot check, such
   * as `cnf` of a token that is bound to a key (RFC 7800). A token with one of them is rejected. None unless given.
   */
  readonly absent?: readonly string[];
  readonly scopes: ClaimPlace | null;
  readonly roles: ClaimPlace | null;
  /** The claim that names the session, for `revocations`; `null`: tokens of this issuer name no session. */
  readonly session: string | null;
  /** The longest life (`exp - iat`) unless a verifier is given another; without `iat`, the longest time until `exp`. */
  readonly maxLifetimeSeconds: number;
  /** The longest token in characters, at most `longestToken`. */
  readonly maxLength: number;
  /** The reason by which an ID token of the issuer is refused, for readers and tests: nothing is switched by it. `null`: it makes none. */
  readonly refusesIdTokenBy: RefusalReason | null;
}

/** The longest token that a profile can allow: Node's limit for all headers of a request. */
export const longestToken = 16_384;

/** Freezes plain data deeply and returns it. */
export function frozen<const Data extends object>(data: Data): Data {
  for (const part of Object.values(data)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(data);
}

/** The profile of tokens that this project issues, and of every verifier that is given no other. */
export const ownProfile = frozen({
  typ: ['at+jwt'],
  otherHeaderMembers: [],
  algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  jwk: { alg: 'required', use: 'required' },
  audience: { claim: 'aud', forms: ['texts'] },
  claims: {
    client_id: 'text',
    iat: 'seconds',
    jti: 'id128',
    sid: 'id',
    auth_time: 'seconds',
    scope: 'words',
  },
  fixed: {},
  scopes: { path: ['scope'], form: 'words', isRequired: true },
  roles: { path: ['roles'], form: 'texts', isRequired: true },
  session: 'sid',
  maxLifetimeSeconds: maxAccessTokenSeconds,
  maxLength: 8192,
  refusesIdTokenBy: 'header',
} as const satisfies AccessTokenProfile);

/** Members that change how a JWS is read, or that bring a key along (RFC 7515 §4.1). */
const harmfulMembers = ['crit', 'b64', 'zip', 'enc', 'jwk', 'jku', 'x5u', 'x5c'];
/** Claims that every verifier reads by itself. */
const everyClaim = ['iss', 'sub', 'exp', 'nbf', 'aud', 'scopes', 'roles'];

const name = z.string().min(1);
const claimForm = z.string().regex(/^(?:text|id|id128|words|texts|seconds)\??$/, 'must be a form of a claim');
const place = z
  .strictObject({ path: z.array(name).min(1), form: z.enum(['words', 'texts']), isRequired: z.boolean() })
  .nullable();
/** Assigning to `__proto__` would set the prototype of the object, and the claim would not be required. */
const withoutProto = z
  .unknown()
  .refine((value) => !Object.hasOwn(Object(value), '__proto__'), 'must not hold __proto__');
const Profile = z
  .strictObject({
    typ: z.array(name.nullable(), 'must be a list: null stands for a header without typ').min(1),
    otherHeaderMembers: z.array(name.refine((member) => !harmfulMembers.includes(member), 'must not be such a member')),
    algorithms: z.array(z.string().refine(isPublicKeyAlgorithm, 'must be an asymmetric algorithm')).min(1),
    jwk: z.strictObject({ alg: z.enum(['required', 'optional']), use: z.enum(['required', 'optional']) }),
    audience: z.strictObject({ claim: name, forms: z.array(z.enum(['text', 'texts'])).min(1) }),
    claims: withoutProto.pipe(z.record(name, claimForm)),
    fixed: withoutProto.pipe(z.record(name, z.union([z.string(), z.number(), z.boolean()]))),
    absent: z.array(name).optional(),
    scopes: place,
    roles: place,
    session: name.nullable(),
    maxLifetimeSeconds: z.int().min(1).max(maxVerifiedSeconds),
    maxLength: z.int().min(1).max(longestToken),
    refusesIdTokenBy: name.nullable(),
  })
  .superRefine(({ claims, fixed, absent = [], audience, session }, { addIssue }) => {
    const names = { claims: Object.keys(claims), fixed: Object.keys(fixed), absent };
    const readByOthers = {
      claims: [...everyClaim, ...names.fixed],
      fixed: everyClaim,
      absent: ['iss', 'sub', 'exp', 'nbf', audience.claim, ...names.claims, ...names.fixed],
    };
    for (const member of ['claims', 'fixed', 'absent'] as const) {
      const twice = names[member].find((claim) => readByOthers[member].includes(claim));
      if (twice === undefined) continue;
      addIssue({ code: 'custom', path: [member], message: `must not hold ${twice}, which is read already` });
    }
    if (session === null) return;
    if (!['id', 'text'].includes(claims[session] ?? '')) {
      addIssue({ code: 'custom', path: ['session'], message: 'must name a text among claims that is required' });
    }
    if (claims['iat'] !== 'seconds') {
      addIssue({
        code: 'custom',
        path: ['claims', 'iat'],
        message: 'must be there: revocation of a session compares it',
      });
    }
  });

/**
 * Checks a profile, and returns a deeply frozen copy: later changes to the object that was passed have no effect. The
 * compiler checks most of it too, but a profile may be written in JavaScript or read from a file.
 *
 * @throws TypeError naming the member
 */
export function readProfile(profile: AccessTokenProfile): AccessTokenProfile {
  const copy = copyOf(profile);
  const parsed = Profile.safeParse(copy);
  if (parsed.success) return frozen(copy);
  const [issue] = parsed.error.issues;
  throw new TypeError(`${['profile', ...(issue?.path ?? [])].join('.')} is wrong: ${issue?.message}`);
}

function copyOf(profile: AccessTokenProfile): AccessTokenProfile {
  try {
    return structuredClone(profile);
  } catch {
    throw new TypeError('profile is wrong: must be plain data');
  }
}
