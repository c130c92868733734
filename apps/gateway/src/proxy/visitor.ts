import type { Problem } from '@auth/http';

/** Who asks, as far as the proxy needs to know. */
export type Visitor = SessionVisitor | { readonly kind: 'bearer' } | { readonly kind: 'anonymous' };

/** Someone whose access token the gateway keeps: the service is sent it, and never what the client sent. */
export interface SessionVisitor {
  readonly kind: 'session';
  readonly accessToken: string;
  /** The session's id, for the log; not its secret. */
  readonly session?: string;
  /** Told that a service refused the token, and of its code; what it gives is answered instead. */
  onRefused(code: string): Promise<Problem | undefined>;
}
