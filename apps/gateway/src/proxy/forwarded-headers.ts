import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { contextOf } from '@auth/http';
import type { Visitor } from '../authentication/authentication.ts';

/** What the gateway tells a service itself: from a client none of it is taken. */
export const forwardedNames = [
  ...['x-request-id', 'traceparent', 'authorization'],
  ...['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-for'],
] as const;

export interface ForwardedHeadersOptions {
  readonly publicOrigin: string;
  readonly clientAddress: (req: IncomingMessage) => string;
}

/** Makes what a service is told by the gateway itself: who asks, from where, and as which request. Names and values in turn. */
export function createForwardedHeaders({ publicOrigin, clientAddress }: ForwardedHeadersOptions) {
  const { protocol, host } = new URL(publicOrigin);
  const proto = protocol.slice(0, -1);
  return (req: IncomingMessage, authorization: string | undefined, visitor: Visitor): string[] => {
    const { requestId, traceparent } = contextOf(req);
    const headers = ['x-request-id', requestId, 'traceparent', traceparent];
    headers.push('x-forwarded-proto', proto, 'x-forwarded-host', host);
    const address = clientAddress(req);
    if (isIP(address) !== 0) headers.push('x-forwarded-for', address);
    const credentials = credentialsOf(visitor, authorization);
    if (credentials !== undefined) headers.push('authorization', credentials);
    return headers;
  };
}

function credentialsOf(visitor: Visitor, authorization: string | undefined): string | undefined {
  switch (visitor.kind) {
    case 'session':
      return `Bearer ${visitor.accessToken}`;
    case 'bearer':
      return authorization;
    case 'anonymous':
      return undefined;
  }
}
