import { addressBlock, addressNetwork, clientAddress } from '@auth/http';
import type { Request, Response } from 'express';
import type { Client } from './client.ts';
import type { LimitState } from './rate-limit.ts';

/**
 * Returns the client of a request, as rate limits know it. `reportLimits` writes the state of the limits into the
 * answer: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function clientOf(req: Request, res: Response): Required<Client> & { readonly signal: AbortSignal } {
  const address = clientAddress(req);
  const gone = new AbortController();
  // `close` is also emitted after a whole answer. Then there is nothing to abort, and an abort would create an error
  // with a stack.
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return {
    addressBlock: addressBlock(address),
    network: addressNetwork(address),
    signal: gone.signal,
    reportLimits(states) {
      if (states.length === 0) return;
      res.set('RateLimit-Policy', states.map(policy).join(', '));
      res.set('RateLimit', states.map(remainder).join(', '));
    },
  };
}

function policy({ limit }: LimitState): string {
  return `"${limit.name}";q=${limit.attempts};w=${limit.windowSeconds}`;
}

function remainder({ limit, attempts, resetSeconds }: LimitState): string {
  return `"${limit.name}";r=${Math.max(0, limit.attempts - attempts)};t=${resetSeconds}`;
}
