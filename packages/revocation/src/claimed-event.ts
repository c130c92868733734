/** The unverified claims of a token: enough to recognise a token that brings nothing new. */
export type ClaimedEvent =
  | { readonly kind: 'event'; readonly seq: number }
  | ({ readonly kind: 'heartbeat' } & ClaimedHeartbeat);

/** The claims that order heartbeats. `term` and `beat` are 0 from a build before these claims. */
export interface ClaimedHeartbeat {
  readonly term: number;
  readonly beat: number;
  readonly at: number;
  readonly last: number;
}

/**
 * Reads the claims of a token without checking anything; `undefined` for a text that is not an event. Only fit to skip a
 * token: a false claim can only prevent the verification of its own forged token.
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
