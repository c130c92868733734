// Times that several packages must agree on, in seconds. Plain numbers: every package may import @auth/verify/times.

/**
 * The most that the clocks of two services may differ. Verifiers allow it on `iat`, `nbf` and `exp` unless given
 * another value.
 */
export const skewSeconds = 5;
/** The most skew that a verifier of access tokens can be given. */
export const maxSkewSeconds = 60;
/** The most skew that a verifier of service tokens can be given. */
export const maxServiceSkewSeconds = 10;
/**
 * The largest backward clock step that allows no replay: 2 days. The in-process store keeps used ids this long after they
 * expire, unless it needs their room.
 */
export const maxClockStepSeconds = 2 * 86_400;

/** How far apart the clocks of replicas and of their database may be. Rows and counts are kept this much longer. */
export const clocksApartSeconds = 60;

/** How long an access token lives unless the issuer is configured otherwise. */
export const accessTokenSeconds = 600;
/** The longest life of an access token that an issuer can be given, and the limit of a verifier unless given another. */
export const maxAccessTokenSeconds = 3600;
/** The longest life of an access token that a verifier can be given. */
export const maxVerifiedSeconds = 86_400;

/** How long a service token lives unless its signer is given another life. */
export const serviceTokenSeconds = 15;
/** The longest life of a service token that is signed and accepted. */
export const maxServiceTokenSeconds = 30;

/** How long public keys are used before they are fetched again. */
export const jwksFreshSeconds = 300;
/** How long public keys are trusted while the issuer cannot be reached. */
export const jwksStaleSeconds = 86_400;
/** How long the revocation feed may be silent before it counts as stale. */
export const feedStaleSeconds = 10;

/**
 * The grace period in which a retry with a used refresh token returns the same new token, unless the user app is
 * configured otherwise.
 */
export const refreshGraceSeconds = 10;
/** How long a login lasts without a refresh, unless the user app is configured otherwise. */
export const loginIdleSeconds = 7 * 86_400;
/** How long a session at the gateway lasts without a request. */
export const sessionIdleSeconds = 86_400;

/** The `Retry-After` of a 503 by default. */
export const retryAfterSeconds = 5;
