import type { Authenticate, Authentication } from './authentication.ts';

const bearer: Authentication = { kind: 'bearer' };

/**
 * Authenticates a client with an `Authorization` header. The header is forwarded unchanged and checked by the service
 * only. No origin is checked: a browser sends this header only when a script of a page sets it.
 */
export const authenticateBearer: Authenticate = ({ headers }) =>
  headers.authorization === undefined ? undefined : bearer;
