/** What a token says of itself, unverified: enough to see that it brings nothing new. */
export type ClaimedEvent =
  | { readonly kind: 'event'; readonly seq: number; readonly keepUntil: number }
  | { readonly kind: 'heartbeat'; readonly at: number; readonly last: number };

/**
 * Reads what a token claims without checking anything, `undefined` when it claims nothing of that kind. Fit only to leave
 * a token out: whoever lies here keeps nothing but a forgery from being looked at.
 */
export function readClaimed(token: string): ClaimedEvent | undefined {
  const [, payload = ''] = token.split('.', 3);
  const claims = parse(payload);
  if (isNumber(claims['seq']) && isNumber(claims['keep_until'])) {
    return { kind: 'event', seq: claims['seq'], keepUntil: claims['keep_until'] };
  }
  if (isNumber(claims['iat']) && isNumber(claims['last'])) {
    return { kind: 'heartbeat', at: claims['iat'], last: claims['last'] };
  }
  return undefined;
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
