import { skewSeconds } from '@auth/verify/times';
import * as z from 'zod';

/** The end of a session: each of its tokens is refused. */
export interface SessionRevoked {
  readonly kind: 'session-revoked';
  /** The number of the event: the issuer counts its events from 1, without gaps. */
  readonly seq: number;
  readonly sid: string;
  /** The time from which on every token that the event concerns has expired, skew included. Seconds since 1970. */
  readonly keepUntil: number;
  /** The reason in a word: `logout`, `reuse`. Names no user. */
  readonly reason: string;
  /** The term in which the event was numbered: see `Heartbeat`. */
  readonly term?: number;
}

/** A change of claims: the tokens of a session with `iat <= notBefore` are refused. */
export interface TokenClaimsChange {
  readonly kind: 'token-claims-change';
  readonly seq: number;
  readonly sid: string;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly keepUntil: number;
  readonly reason: string;
  readonly term?: number;
}

/** The range of numbers that a complete verifier has, published every second, so that an event cannot be hidden. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** The lowest number of an event that still matters, `last + 1` when none does. Lower ones are not published again. */
  readonly floor: number;
  /** The number of the last published event, 0 before the first. */
  readonly last: number;
  /**
   * The fencing number of the leader that signed: each new leader has a greater one, also after a restored backup. Builds
   * before this claim omit it, which counts as 0.
   */
  readonly term?: number;
  /** Counts the heartbeats of a term from 1. Heartbeats are ordered by `term`, then by `beat`, not by a clock. */
  readonly beat?: number;
}

/** An event that the issuer publishes to all verifiers. */
export type FeedEvent = SessionRevoked | TokenClaimsChange | Heartbeat;

/** A verified event. `at` is the time of its signature, in seconds since 1970. */
export type VerifiedEvent =
  | ((SessionRevoked | TokenClaimsChange) & { readonly at: number; readonly term: number })
  | (Heartbeat & { readonly at: number; readonly term: number; readonly beat: number });

const caep = 'https://schemas.openid.net/secevent/caep/event-type';
const sessionRevoked = `${caep}/session-revoked`;
const tokenClaimsChange = `${caep}/token-claims-change`;
/** The event with which the Shared Signals Framework checks that a stream is alive. */
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

const seconds = z.int().positive();
const common = { iss: z.string().min(1), iat: seconds, jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/) };
const subject = z.object({
  format: z.literal('complex'),
  session: z.object({ format: z.literal('opaque'), id: z.string().min(1).max(255) }),
});
const cause = { event_timestamp: seconds, reason_admin: z.object({ en: z.string().min(1).max(255) }) };
/** A positive integer. Builds before these claims omit it, which counts as 0. */
const counted = z.int().positive().optional();
const ofSession = { ...common, seq: z.int().positive(), keep_until: seconds, sub_id: subject, term: counted };

/** Claims of the three kinds of event (RFC 8417 §2.2): each token holds exactly one. Heartbeats are the most frequent, therefore first. */
const Claims = z.union([
  z
    .object({
      ...common,
      floor: z.int().positive(),
      last: z.int().nonnegative(),
      term: counted,
      beat: counted,
      events: z.strictObject({ [verification]: z.object({}) }),
    })
    .refine(({ floor, last }) => floor <= last + 1),
  z.object({ ...ofSession, events: z.strictObject({ [sessionRevoked]: z.object(cause) }) }),
  z.object({
    ...ofSession,
    not_before: seconds,
    // The changed claims are not published: the client's next token holds them.
    events: z.strictObject({ [tokenClaimsChange]: z.object({ ...cause, claims: z.object({}) }) }),
  }),
]);

/** Writes an event as the claims of a security event token. @throws TypeError for claims that a verifier would refuse */
export function claimsOf(event: FeedEvent, token: { iss: string; iat: number; jti: string }): object {
  const claims = { ...token, ...particularsOf(event, token.iat) };
  if (!Claims.safeParse(claims).success) throw new TypeError(`a ${event.kind} must hold what its type says`);
  return claims;
}

function particularsOf(event: FeedEvent, iat: number): object {
  const { term } = event;
  if (event.kind === 'heartbeat') {
    const { floor, last, beat } = event;
    return { floor, last, ...(term && { term }), ...(beat && { beat }), events: { [verification]: {} } };
  }
  const { kind, seq, sid, keepUntil, reason } = event;
  const session = { seq, keep_until: keepUntil, sub_id: subjectOf(sid), ...(term && { term }) };
  const because = { event_timestamp: iat, reason_admin: { en: reason } };
  if (kind === 'session-revoked') return { ...session, events: { [sessionRevoked]: because } };
  return { ...session, not_before: event.notBefore, events: { [tokenClaimsChange]: { ...because, claims: {} } } };
}

/** Names a session as RFC 9493 §3.3 and the Shared Signals Framework (complex subject) do. */
function subjectOf(sid: string): object {
  return { format: 'complex', session: { format: 'opaque', id: sid } };
}

/** Reads verified claims as an event with its issuer and time; `undefined` for an unknown kind of event. */
export function parseClaims(payload: unknown): (VerifiedEvent & { readonly iss: string }) | undefined {
  const parsed = Claims.safeParse(payload);
  if (!parsed.success) return undefined;
  const claims = parsed.data;
  const { iss, iat: at, term = 0 } = claims;
  if ('last' in claims) {
    const { floor, last, beat = 0 } = claims;
    return { kind: 'heartbeat', floor, last, term, beat, iss, at };
  }
  const { seq, keep_until: keepUntil, events } = claims;
  const [event] = Object.values(events);
  const reason = event?.reason_admin.en ?? '';
  const session = { seq, sid: claims.sub_id.session.id, keepUntil, reason, term, iss, at };
  if (!('not_before' in claims)) return { kind: 'session-revoked', ...session };
  return { kind: 'token-claims-change', ...session, notBefore: claims.not_before };
}

/** The unverified claims of a token: enough to recognise a token that brings nothing new. */
export type ClaimedEvent =
  | { readonly kind: 'event'; readonly seq: number }
  | ({ readonly kind: 'heartbeat' } & ClaimedHeartbeat);

/** The claims that order heartbeats. `term` and `beat` are 0 in tokens of builds before these claims. */
export interface ClaimedHeartbeat {
  readonly term: number;
  readonly beat: number;
  readonly at: number;
  readonly last: number;
}

/**
 * Reads the claims of a token without checking anything; `undefined` for a text that is not an event. Used only to skip a
 * token: a forged claim has no effect but that its own token is not verified.
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

/**
 * Compares a heartbeat with the newest one so far. Heartbeats are ordered by the term of the leader that signed them, then
 * by their number in it: a replaced leader is ignored, and a wrong clock cannot silence the issuer. Heartbeats of builds
 * without these claims are ordered by time. A newest heartbeat from the future was signed or accepted while a clock was
 * wrong: any heartbeat with another time then counts as newer.
 */
export function isNewerHeartbeat(next: ClaimedHeartbeat, newest: ClaimedHeartbeat | undefined, time: number): boolean {
  if (newest === undefined) return true;
  if (next.term !== newest.term) return next.term > newest.term;
  if (next.beat > 0 && newest.beat > 0) return next.beat > newest.beat;
  if (newest.at > time + skewSeconds) return next.at !== newest.at || next.last > newest.last;
  return next.at > newest.at || (next.at === newest.at && next.last > newest.last);
}
