import {
  type AccessTokenClaims,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  type RememberingVerifier,
} from '@auth/verify';

/** The form of ids that the user app writes. Ids are compared as text and stored in columns of type uuid. */
const id = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;
/** RFC 6749 §3.3, with any number of spaces. */
const scope = /^[ \x21\x23-\x5b\x5d-\x7e]*$/;
const role = /^[\x21-\x7e]{1,64}$/;

/**
 * Creates a verifier of access tokens of this project's users. RFC 9068 lets an issuer put any text into `sub`. The
 * user app puts UUIDs into `sub` and `sid`, and the code behind the verifier relies on it: a token with other ids is
 * refused, also with a valid signature.
 *
 * @throws TypeError as `createAccessTokenVerifier`
 */
export function createUserTokenVerifier(options: Omit<AccessTokenVerifierOptions, 'accepts'>): RememberingVerifier {
  return createAccessTokenVerifier({ ...options, accepts: isUserToken });
}

function isUserToken(claims: AccessTokenClaims): boolean {
  return (
    id.test(claims.sub) &&
    id.test(claims.sid) &&
    scope.test(claims.scope) &&
    claims.roles.every((name) => role.test(name))
  );
}
