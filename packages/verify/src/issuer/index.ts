export type { AccessTokenPayload } from '../access-token-claims.ts';
export type { AccessTokenContent, AccessTokenKey } from './sign-access-token.ts';
export { accessTokenHeader, accessTokenPayload, signAccessToken } from './sign-access-token.ts';
