export type { IgnoredKey } from '../public-keys.ts';
export type { JwksFailure, JwksOutcome } from './jwks-fetch-error.ts';
export { JwksFetchError } from './jwks-fetch-error.ts';
export type { JwksSourceOptions } from './jwks-options.ts';
export type { JwksSource } from './jwks-source.ts';
export { createJwksSource } from './jwks-source.ts';
