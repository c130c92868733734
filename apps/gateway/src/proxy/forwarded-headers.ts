import { isIP } from 'node:net';
import type { Authentication } from '../authentication/authentication.ts';
import type { Client } from '../client.ts';

/** The headers that only the gateway sets. From a client they are never taken. */
export const forwardedNames = [
  'x-request-id',
  'traceparent',
  'authorization',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-for',
] as const;

export interface Forwarded {
  readonly client: Client;
  readonly authentication: Authentication;
  /** The `Authorization` header of the client. */
  readonly authorization: string | undefined;
}

/**
 * Creates a function that writes these headers: the ids of the request, where it came from, and the credentials. It
 * returns names and values in turn, `authorization` last.
 */
export function createForwardedHeaders({ publicOrigin }: { readonly publicOrigin: string }) {
  const { protocol, host } = new URL(publicOrigin);
  const proto = protocol.slice(0, -1);
  return ({ client, authentication, authorization }: Forwarded): string[] => {
    const { address, requestId, traceparent } = client;
    const headers = ['x-request-id', requestId, 'traceparent', traceparent];
    headers.push('x-forwarded-proto', proto, 'x-forwarded-host', host);
    if (isIP(address) !== 0) headers.push('x-forwarded-for', address);
    const credentials = credentialsOf(authentication, authorization);
    if (credentials !== undefined) headers.push('authorization', credentials);
    return headers;
  };
}

function credentialsOf(authentication: Authentication, authorization: string | undefined): string | undefined {
  switch (authentication.kind) {
    case 'session':
      return `Bearer ${authentication.accessToken}`;
    case 'bearer':
      return authorization;
    case 'anonymous':
      return undefined;
  }
}
