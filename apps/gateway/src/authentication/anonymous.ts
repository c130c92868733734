import type { IncomingMessage } from 'node:http';
import type { Authentication } from './authentication.ts';
import type { SameOrigin } from './same-origin.ts';

const anonymous: Authentication = { kind: 'anonymous' };

/**
 * Creates the authentication of a client without credentials. A request that changes something is refused when the
 * browser says that another site sent it (login CSRF). @throws GatewayError cross_site
 */
export function createAnonymous({ assertNotForeign }: Pick<SameOrigin, 'assertNotForeign'>) {
  return (req: IncomingMessage): Authentication => {
    assertNotForeign(req);
    return anonymous;
  };
}
