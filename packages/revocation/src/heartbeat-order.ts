import { skewSeconds } from '@auth/verify/times';
import type { ClaimedHeartbeat } from './claimed-event.ts';

/**
 * Whether a heartbeat is newer than the newest one so far. Heartbeats are ordered by the term of the leader that signed them,
 * and by their number in it: a replaced leader is ignored, and no clock silences the issuer. Builds before these claims sign
 * without them: their heartbeats are ordered by time. A heartbeat with a time in the future was signed or accepted while a
 * clock was wrong, so it does not count as newer than any other.
 */
export function isNewerHeartbeat(next: ClaimedHeartbeat, newest: ClaimedHeartbeat | undefined, time: number): boolean {
  if (newest === undefined) return true;
  if (next.term !== newest.term) return next.term > newest.term;
  if (next.beat > 0 && newest.beat > 0) return next.beat > newest.beat;
  if (newest.at > time + skewSeconds) return next.at !== newest.at || next.last > newest.last;
  return next.at > newest.at || (next.at === newest.at && next.last > newest.last);
}
