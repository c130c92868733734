import type { Request, Response } from 'express';
import { addressBlock, clientAddress } from './client-address.ts';

/** How a limit stands after a request was counted. */
export interface CountedLimit {
  /** `name` of letters and dashes; so many tries in so many seconds. */
  readonly limit: { readonly name: string; readonly tries: number; readonly windowSeconds: number };
  /** Tries so far. */
  readonly tries: number;
  readonly resetSeconds: number;
}

/**
 * Whoever sent a request, as limits on requests know them: by the block of addresses they come from. `onCounted` puts how
 * the limits stand into the answer: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function visitorOf(req: Request, res: Response) {
  return {
    from: addressBlock(clientAddress(req)),
    onCounted(standings: readonly CountedLimit[]): void {
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
