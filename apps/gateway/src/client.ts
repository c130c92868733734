import type { IncomingMessage } from 'node:http';

/**
 * The client of one request: its address, and the ids of the request. It is passed on as a parameter, since the gateway
 * has no current request (`createApp({ currentContext: false })`).
 */
export interface Client {
  /** `unknown` on a closed connection. */
  readonly address: string;
  /** The part of the address by which bounds per client count. */
  readonly addressBlock: () => string;
  /** The approximate origin, for logs and for people: `203.0.113.0/24`. */
  readonly addressPrefix: () => string;
  readonly requestId: string;
  readonly traceId: string;
  readonly traceparent: string;
}

/** Reads the client of a request. */
export type ClientOf = (req: IncomingMessage) => Client;

export interface ClientOfOptions {
  readonly clientAddress: (req: IncomingMessage) => string;
  readonly addressBlock: (address: string) => string;
  readonly addressPrefix: (address: string) => string;
  readonly nameRequest: (req: IncomingMessage) => Pick<Client, 'requestId' | 'traceId' | 'traceparent'>;
}

/** Creates the reader. */
export function createClientOf(options: ClientOfOptions): ClientOf {
  const { clientAddress, addressBlock, addressPrefix, nameRequest } = options;
  return (req) => {
    const address = clientAddress(req);
    const { requestId, traceId, traceparent } = nameRequest(req);
    return {
      address,
      requestId,
      traceId,
      traceparent,
      addressBlock: () => addressBlock(address),
      addressPrefix: () => addressPrefix(address),
    };
  };
}
