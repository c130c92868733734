import type { Bulkhead } from './bulkhead.ts';
import type { Upstream } from './upstreams.ts';

/** A place that a request has among those under way at its service. */
export interface Place {
  readonly upstream: Upstream;
  /** The bulkhead that the place is in. */
  readonly bulkhead: Bulkhead;
  /** The client that it counts for, where the bulkhead bounds what one client may have. */
  readonly client: string | undefined;
  taken: boolean;
}

/** Gives it back, once. */
export function leavePlace(place: Place): void {
  if (!place.taken) return;
  place.taken = false;
  place.bulkhead.leave(place.client);
}
