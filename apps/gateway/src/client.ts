import type { IncomingMessage } from 'node:http';

/** Who has something done to a session, and in which request: for the user app's limits, and for what is sent on and logged. */
export interface Asker {
  readonly address: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly traceparent: string;
  /** The network of the address. */
  readonly addressPrefix: () => string;
}

/** Reads it from a request. It is handed on from there: the gateway has no current request. */
export type AskerOf = (req: IncomingMessage) => Asker;

export interface AskerOptions {
  readonly clientAddress: (req: IncomingMessage) => string;
  readonly addressPrefix: (address: string) => string;
  readonly nameRequest: (req: IncomingMessage) => Pick<Asker, 'requestId' | 'traceId' | 'traceparent'>;
}

/** Makes the reader. */
export function createAskerOf({ clientAddress, addressPrefix, nameRequest }: AskerOptions): AskerOf {
  return (req) => {
    const address = clientAddress(req);
    const { requestId, traceId, traceparent } = nameRequest(req);
    return { address, requestId, traceId, traceparent, addressPrefix: () => addressPrefix(address) };
  };
}
