export type {
  AccessTokenVerifier,
  AccessTokenVerifierOptions,
  RememberedTokens,
  RememberingVerifier,
  Revocations,
} from './access-token.ts';
export { createAccessTokenVerifier } from './access-token.ts';
export type { AccessTokenClaims } from './access-token-claims.ts';
export type { AuthErrorOptions, AuthenticatedCall, RefusalReason } from './auth-error.ts';
export { AuthError } from './auth-error.ts';
export type { Clock, MonotonicClock } from './clock.ts';
export { createLowestClock, processClock, readClock } from './clock.ts';
export type { StrictFrontOptions, StrictHeader, StrictJws } from './compact-jws.ts';
export { parsePayload, readStrictHeader, readStrictJws } from './compact-jws.ts';
export { startDeadline } from './deadline.ts';
export type { InboundKey, InboundKeys, OutboundKey, OutboundKeys } from './edge-keys.ts';
export { EdgeKey, EdgeKeys, parseAccepts, parseCalls, ServiceName, secretProblem } from './edge-keys.ts';
export { hasGoodSignature, signJws } from './jws-signature.ts';
export { KeyMaterialError, parseMember } from './key-material.ts';
export { activeKeyOf, KeyState, keyStates } from './key-state.ts';
export type { VerificationOutcome } from './observed.ts';
export { observed } from './observed.ts';
export type { OperationPolicy } from './operation.ts';
export { calleeOf } from './operation.ts';
export type { AuthErrorCode } from './problems.ts';
export { authErrors } from './problems.ts';
export type { PublicKey, PublicKeyAlgorithm, PublicKeys } from './public-keys.ts';
export { keepUnchangedKeys, parseJwks, parseOwnJwks, publicKeyAlgorithms } from './public-keys.ts';
export { isUnambiguousTarget } from './request-target.ts';
export type { CutOff, RevocationTable, RevocationTableOptions } from './revocation-table.ts';
export { createRevocationTable } from './revocation-table.ts';
export type { IncomingCall, PendingCall, ServiceCall } from './service-call.ts';
export type { OutgoingCall, ServiceTokenSigner, ServiceTokenSignerOptions } from './service-token-signer.ts';
export { createServiceTokenSigner } from './service-token-signer.ts';
export type { ServiceTokenVerifier, ServiceTokenVerifierOptions } from './service-token-verifier.ts';
export { createServiceTokenVerifier } from './service-token-verifier.ts';
export type { SingleUse, SingleUseStore, SingleUseStoreOptions } from './single-use-store.ts';
export { createSingleUseStore } from './single-use-store.ts';
