import type { LimitState } from './rate-limit.ts';

/** The client of a request, as rate limits know it. */
export interface Client {
  /** The address block of the client: see `addressBlock` of @auth/http. */
  readonly addressBlock: string;
  /** The larger network around an IPv6 block: see `addressNetwork` of @auth/http. */
  readonly network?: string | undefined;
  /** Aborted when the client has closed its connection. */
  readonly signal?: AbortSignal | undefined;
  /** Reports the state of the limits: before work is done or refused, and again after an attempt was counted. */
  readonly reportLimits: (states: readonly LimitState[]) => void;
}

/** The client has closed its connection. `type` is that of body-parser's error, so both are handled alike: no answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
  readonly type = 'request.aborted';
}

/** Throws when the client is gone, before work begins. @throws ClientGoneError */
export function assertNotGone(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClientGoneError('the client has closed its connection');
}
