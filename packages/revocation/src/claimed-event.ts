/** What a token claims, unverified: enough to see that it brings nothing new. */
export type ClaimedEvent =
  | { readonly kind: 'event'; readonly seq: number }
  | ({ readonly kind: 'heartbeat' } & ClaimedHeartbeat);

/** What orders a heartbeat. `term` and `beat` are 0 where a build before these claims has signed. */
export interface ClaimedHeartbeat {
  readonly term: number;
  readonly beat: number;
  readonly at: number;
  readonly last: number;
}

/**
 * Reads what a token claims without checking anything, `undefined` when it is no event. Fit only to leave a token out: a
 * false claim keeps nothing but a forgery from being verified.
 */
export function readClaimed(token: string): ClaimedEvent | undefined {
  const [, payload = ''] = token.split('.', 3);
  const { seq, keep_until: keepUntil, iat: at, last, term = 0, beat = 0 } = parse(payload);
  if (isNumber(seq) && isNumber(keepUntil)) return { kind: 'event', seq };
  if (!isNumber(at) || !isNumber(last) || !isNumber(term) || !isNumber(beat)) return undefined;
  return { kind: 'heartbeat', term, beat, at, last };
}

function parse(payload: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
