export type { IgnoredKey, KeyRules } from '../public-keys.ts';
export { discoverIssuer } from './discover-issuer.ts';
export type { JwksFailure, JwksFetchErrorOptions, JwksOutcome } from './jwks-fetch-error.ts';
export { JwksFetchError } from './jwks-fetch-error.ts';
export type { DiscoverIssuerOptions, JwksSourceOptions, KeySourceOptions } from './jwks-options.ts';
export type { JwksSource } from './jwks-source.ts';
export { createJwksSource } from './jwks-source.ts';
