import * as z from 'zod';
import type { AccessTokenProfile, ClaimForm, ClaimPlace, ownProfile } from './access-token-profile.ts';
import { createScopes } from './scopes.ts';

/** The claims of every verified access token, under their registered names (RFC 7519 §4.1). */
export interface VerifiedClaims {
  readonly iss: string;
  readonly sub: string;
  /** Always a list, also when the token has one text, or names its audience in another claim. */
  readonly aud: readonly string[];
  /** Seconds since 1970. */
  readonly exp: number;
  readonly nbf?: number | undefined;
  /** Present where the profile lists it. */
  readonly iat?: number | undefined;
  /** The scopes from the place that the profile names; empty where it names none. */
  readonly scopes: ReadonlySet<string>;
  /** The roles from the place that the profile names; empty where it names none. */
  readonly roles: readonly string[];
}

interface ValueOf {
  readonly text: string;
  readonly id: string;
  readonly id128: string;
  readonly words: string;
  readonly texts: readonly string[];
  readonly seconds: number;
}
type Form<F> = F extends `${infer Name extends ClaimForm}?` ? Name : F extends ClaimForm ? F : never;
type Optional<Claims> = { [Name in keyof Claims]: Claims[Name] extends `${string}?` ? Name : never }[keyof Claims];

/** The same members as one object type, which is what a tooltip and an error message then show. */
type Plain<Members> = { readonly [Name in keyof Members]: Members[Name] } & {};

/**
 * The claims that a verifier with this profile, and with a schema of `Own` claims, hands out. Claims that neither of them
 * names are dropped. The object is deeply frozen, since requests with the same token share it.
 */
export type ClaimsOf<P extends AccessTokenProfile, Own extends object = object> = Plain<
  VerifiedClaims & {
    readonly [Name in Exclude<keyof P['claims'], Optional<P['claims']>>]: ValueOf[Form<P['claims'][Name]>];
  } & { readonly [Name in Optional<P['claims']>]?: ValueOf[Form<P['claims'][Name]>] } & P['fixed'] &
    Own
>;

/** The claims of an access token of this project (RFC 9068 §2.2). */
export type AccessTokenClaims = ClaimsOf<typeof ownProfile>;

/** The payload of an access token of this project, as it is signed. */
export type AccessTokenPayload = Omit<AccessTokenClaims, 'scopes'>;

/** The `typ` of an access token of this project (RFC 9068 §2.1). */
export const accessTokenType: (typeof ownProfile.typ)[0] = 'at+jwt';

const seconds = z.int().positive();
const schemas = {
  text: z.string().min(1),
  id: z.string().min(1).max(255),
  id128: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  words: z.string(),
  texts: z.array(z.string().min(1)),
  seconds,
} as const satisfies Readonly<Record<ClaimForm, z.ZodType>>;

/**
 * Creates the parser of payloads for a profile. It returns the frozen claims, or `undefined` when a claim is missing, of
 * the wrong form, or one that the profile does not allow. It does not compare a claim with another claim or with the time.
 */
export function createClaimsParser(profile: AccessTokenProfile): (payload: unknown) => VerifiedClaims | undefined {
  const Claims = z.object({
    iss: z.string(),
    sub: schemas.id,
    exp: seconds,
    nbf: seconds.optional(),
    ...shapeOf(profile),
  });
  const readScopes = readerOf(profile.scopes);
  const readRoles = readerOf(profile.roles);
  const readAudience = audienceReaderOf(profile.audience);
  const { absent = [] } = profile;
  const lists = listsIn(profile);
  return (payload) => {
    const parsed = Claims.safeParse(payload);
    if (!parsed.success || absent.some((name) => Object.hasOwn(Object(payload), name))) return undefined;
    const [aud, scopes, roles] = [readAudience(payload), readScopes(payload), readRoles(payload)];
    if (aud === undefined || scopes === undefined || roles === undefined) return undefined;
    for (const name of lists) Object.freeze(Reflect.get(parsed.data, name));
    return Object.freeze(Object.assign(parsed.data, { aud, roles, scopes: createScopes(scopes) }));
  };
}

/** Returns the names of the claims that are lists, besides audience, scopes and roles. */
export function listsIn({ claims }: AccessTokenProfile): readonly string[] {
  return Object.keys(claims).filter((name) => claims[name]?.startsWith('texts'));
}

function shapeOf({ claims, fixed }: AccessTokenProfile): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, form] of Object.entries(claims)) {
    const isOptional = form.endsWith('?');
    const schema = schemas[(isOptional ? form.slice(0, -1) : form) as ClaimForm];
    shape[name] = isOptional ? schema.optional() : schema;
  }
  for (const [name, value] of Object.entries(fixed)) shape[name] = z.literal(value);
  return shape;
}

type ListReader = (payload: unknown) => readonly string[] | undefined;
const nothing: readonly string[] = Object.freeze([]);

/** Creates the reader of a list in the payload. It returns `undefined` when a required list is absent, or of the wrong form. */
function readerOf(place: ClaimPlace | null): ListReader {
  if (place === null) return () => nothing;
  const { path, form, isRequired } = place;
  return (payload) => {
    let value = payload;
    for (const name of path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      if (!Object.hasOwn(value, name)) return isRequired ? undefined : nothing;
      value = Reflect.get(value, name);
    }
    return listOf(value, form);
  };
}

function audienceReaderOf({ claim, forms }: AccessTokenProfile['audience']): ListReader {
  return (payload) => {
    const value: unknown = Reflect.get(Object(payload), claim);
    if (typeof value === 'string') return forms.includes('text') && value !== '' ? Object.freeze([value]) : undefined;
    return forms.includes('texts') ? listOf(value, 'texts') : undefined;
  };
}

function listOf(value: unknown, form: 'words' | 'texts'): readonly string[] | undefined {
  if (form === 'words') return typeof value === 'string' ? Object.freeze(value.split(' ').filter(Boolean)) : undefined;
  return Array.isArray(value) && value.every(isText) ? Object.freeze([...value]) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
