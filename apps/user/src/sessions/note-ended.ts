import type { AccountAudit } from '../accounts/account-event.ts';
import type { EndedSessions, EndReason } from './stored-sessions.ts';

/** Writes the audit event for sessions that ended for one cause: one event for any number of them, none for none. */
export function noteEnded(
  audit: AccountAudit,
  { user, ended, reason }: { user: string; ended: EndedSessions; reason: EndReason },
): void {
  const { count, sid } = ended;
  if (count === 0) return;
  audit({ event: 'logout', outcome: 'ok', user, sid, reason, sessions: count > 1 ? count : undefined });
}
