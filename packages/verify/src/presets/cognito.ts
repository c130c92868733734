import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of access tokens of Amazon Cognito user pools: the audience is the id of the app client. Source:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export const cognito = frozen({
  // The header is `kid` and `alg`.
  typ: [null],
  otherHeaderMembers: [],
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
  algorithms: ['RS256'],
  jwk: { alg: 'required', use: 'required' },
  // There is no `aud` unless the request named a resource.
  audience: { claim: 'client_id', forms: ['text'] },
  claims: {
    client_id: 'text',
    iat: 'seconds',
    auth_time: 'seconds',
    // https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html: both while token revocation is on.
    jti: 'text?',
    origin_jti: 'text?',
    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html: users only
    username: 'text?',
  },
  fixed: { token_use: 'access' },
  // `aud`: a token for a resource, which is checked by its own profile (docs/issuers.md). `cnf`: bound to a key
  // (RFC 7800 §3.1), which is not checked here.
  absent: ['aud', 'cnf'],
  scopes: { path: ['scope'], form: 'words', isRequired: true },
  roles: { path: ['cognito:groups'], form: 'texts', isRequired: false },
  session: null,
  // One hour unless the app client has another, up to a day:
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
  maxLifetimeSeconds: 3600,
  maxLength: 8192,
  // An ID token has `aud` and no `client_id`, and its `token_use` is "id":
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
  refusesIdTokenBy: 'audience',
} as const satisfies AccessTokenProfile);
