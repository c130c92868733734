import type { AccountAudit } from './account-event.ts';
import type { EndedSessions, EndReason } from './stored-sessions.ts';

/** Writes one audit event for all sessions of a user that ended together; none when there were none. */
export function noteEnded(
  audit: AccountAudit,
  user: string,
  { count, sid, reason }: EndedSessions & { readonly reason: EndReason },
): void {
  if (count === 0) return;
  audit({ event: 'logout', outcome: 'ok', user, sid, reason, sessions: count > 1 ? count : undefined });
}
