import type { Request, Response } from 'express';
import { addressBlock, addressNetwork, clientAddress } from './client-address.ts';

/** How a limit stands after a request was counted. */
export interface CountedLimit {
  /** `name` of letters and dashes; so many tries in so many seconds. */
  readonly limit: { readonly name: string; readonly tries: number; readonly windowSeconds: number };
  /** Tries so far. */
  readonly tries: number;
  readonly resetSeconds: number;
}

/** The client of a request, as limits on requests know it. */
export interface Visitor {
  /** The block of addresses it comes from. */
  readonly from: string;
  /** The larger network around that block; `undefined` for none. */
  readonly network: ReturnType<typeof addressNetwork>;
  /** Aborted when the client has closed its connection. */
  readonly signal: AbortSignal;
  /** Writes the state of the limits into the answer. */
  onCounted(standings: readonly CountedLimit[]): void;
}

/**
 * The client of a request, as limits on requests know it: by the block of addresses it comes from. `onCounted` writes the
 * state of the limits into the answer: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function visitorOf(req: Request, res: Response): Visitor {
  const address = clientAddress(req);
  const gone = new AbortController();
  // Also emitted after a whole answer, when nothing is left to abort; and an abort makes an error with a stack.
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
