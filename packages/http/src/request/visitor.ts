import type { Request, Response } from 'express';
import { addressBlock, addressNetwork, clientAddress } from './client-address.ts';

/** The state of a rate limit after a request was counted. */
interface CountedLimit {
  /** The limit: `tries` per `windowSeconds`. `name` has letters and dashes. */
  readonly limit: { readonly name: string; readonly tries: number; readonly windowSeconds: number };
  /** Counted tries in this window. */
  readonly tries: number;
  readonly resetSeconds: number;
}

/** The client of a request, as rate limits know it. */
interface Visitor {
  /** The address block of the client. */
  readonly from: string;
  /** The larger network around that block; `undefined` for none. */
  readonly network: ReturnType<typeof addressNetwork>;
  /** Aborted when the client has closed its connection. */
  readonly signal: AbortSignal;
  /** Writes the state of the limits into the answer. */
  onCounted(standings: readonly CountedLimit[]): void;
}

/**
 * Returns the client of a request, as rate limits know it: by its address block. `onCounted` writes the state of the
 * limits into the answer: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function visitorOf(req: Request, res: Response): Visitor {
  const address = clientAddress(req);
  const gone = new AbortController();
  // `close` is also emitted after a whole answer. Then there is nothing to abort, and an abort would create an error
  // with a stack.
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return {
    from: addressBlock(address),
    network: addressNetwork(address),
    signal: gone.signal,
    onCounted(standings) {
      if (standings.length === 0) return;
      res.set('RateLimit-Policy', standings.map(policy).join(', '));
      res.set('RateLimit', standings.map(remainder).join(', '));
    },
  };
}

function policy({ limit }: CountedLimit): string {
  return `"${limit.name}";q=${limit.tries};w=${limit.windowSeconds}`;
}

function remainder({ limit, tries, resetSeconds }: CountedLimit): string {
  return `"${limit.name}";r=${Math.max(0, limit.tries - tries)};t=${resetSeconds}`;
}
