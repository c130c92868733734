import type { RefusalReason } from '@auth/verify';

/** A security event token that is not to be believed. `reason` is fit for a log and a metric; the message holds no token. */
export class SecurityEventError extends Error {
  override readonly name = 'SecurityEventError';
  readonly code = 'invalid_security_event';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`invalid_security_event: ${reason}`);
    this.reason = reason;
  }
}
