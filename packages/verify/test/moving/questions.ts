import { randomUUID } from 'node:crypto';
import { privateKey } from '../access-tokens.ts';
import { forge, rs256 } from '../forge.ts';
import type { WireRequest } from '../http.ts';

/** The documented forms of access and ID tokens: RFC 9068 with OpenID Connect, and Keycloak. */
export type TokenForm = 'rfc9068' | 'keycloak';

/** A question to a program: a request, and whether its issuer is down. */
export interface Question extends WireRequest {
  readonly isIssuerDown?: boolean;
}

export const kid = 'moving';

/** Creates the questions that the pages name, with tokens of an issuer. */
export function createQuestions(
  form: TokenForm,
  { issuer }: { readonly issuer: string },
): ReadonlyMap<string, Question> {
  const seconds = Math.floor(Date.now() / 1000);
  const { header, claims, idHeader, idClaims } = tokensOf(form, issuer, seconds);
  const sign = (changedClaims: object = {}, changedHeader: object = {}) =>
    forge({
      header: { ...header, ...changedHeader },
      payload: { ...claims, ...changedClaims },
      sign: rs256(privateKey),
    });
  const good = sign();
  const idToken = forge({ header: idHeader, payload: idClaims, sign: rs256(privateKey) });
  // A route that asks for no scope, where the page has one: an ID token has none.
  const target = form === 'keycloak' ? '/invoices' : '/me';
  const me = (token: string): Question => ({ target, headers: [['Authorization', `Bearer ${token}`]] });
  const narrow = { ...me(sign({ scope: 'invoice:write', realm_access: { roles: ['clerk'] } })), target: '/invoices' };
  return new Map<string, Question>([
    ['a good token', me(good)],
    ['no token', { target }],
    ['an expired token', me(sign({ iat: seconds - 600, exp: seconds - 300 }))],
    ['a token without `exp`', me(sign({ exp: undefined }))],
    ['a token that is valid for ten years', me(sign({ exp: seconds + 315_360_000 }))],
    ['a token issued in the future (`iat`)', me(sign({ iat: seconds + 600, exp: seconds + 900 }))],
    ['a token that is not valid yet (`nbf`)', me(sign({ nbf: seconds + 600, exp: seconds + 900 }))],
    ['an ID token whose `aud` is the API', me(idToken)],
    ['a token without `typ` in its header', me(sign({}, { typ: undefined }))],
    ['a token with an unknown `crit` in its header', me(sign({}, { crit: ['once'], once: true }))],
    ['a token with a key of its own in its header (`jwk`)', me(sign({}, { jwk: { kty: 'RSA' } }))],
    ['a token that names another algorithm than it is signed with', me(sign({}, { alg: 'ES256' }))],
    ['a token without `client_id`', me(sign({ client_id: undefined }))],
    ['a token without `jti`', me(sign({ jti: undefined }))],
    ['a token without `sub`', me(sign({ sub: undefined }))],
    ['a token for another audience', me(sign({ aud: 'shop' }))],
    ['a token without `aud`', me(sign({ aud: undefined }))],
    ['a token of another issuer', me(sign({ iss: 'https://other.example' }))],
    ['a token without the scope', narrow],
    ['a token without the role', narrow],
    ['a good token in the query (`?access_token=`)', { target: `${target}?access_token=${good}` }],
    ['a good token with another word behind it', me(`${good} more`)],
    [
      'two Authorization headers, the first one good',
      { target, headers: [...(me(good).headers ?? []), ['Authorization', 'Bearer other']] },
    ],
    [
      'a preflight (OPTIONS that names `authorization`) without a token',
      { method: 'OPTIONS', target, headers: [['Access-Control-Request-Headers', 'authorization']] },
    ],
    ['a good token, while the issuer is down and no keys are loaded', { ...me(good), isIssuerDown: true }],
  ]);
}

function tokensOf(form: TokenForm, issuer: string, seconds: number) {
  const common = { iss: issuer, aud: 'billing', sub: randomUUID(), iat: seconds, exp: seconds + 300 };
  const idHeader = { alg: 'RS256', typ: 'JWT', kid };
  if (form === 'rfc9068') {
    return {
      header: { alg: 'RS256', typ: 'at+jwt', kid },
      claims: { ...common, jti: randomUUID(), client_id: 'shop-web', scope: 'openid invoice:read' },
      idHeader,
      idClaims: { ...common, nonce: 'n-0S6_WzA2Mj', auth_time: seconds, at_hash: '77QmUPtjPfzWtF2AnpK9RQ' },
    };
  }
  const session = { azp: 'shop-web', sid: randomUUID(), acr: '1' };
  const access = { realm_access: { roles: ['accountant'] }, scope: 'openid profile' };
  return {
    header: idHeader,
    claims: { ...common, ...session, ...access, jti: `onrtac:${randomUUID()}`, typ: 'Bearer' },
    idHeader,
    idClaims: { ...common, ...session, jti: randomUUID(), typ: 'ID', nonce: 'n-0S6_WzA2Mj' },
  };
}
