import * as z from 'zod';
import type { FeedEvent, VerifiedEvent } from './feed-event.ts';

const caep = 'https://schemas.openid.net/secevent/caep/event-type';
const sessionRevoked = `${caep}/session-revoked`;
const tokenClaimsChange = `${caep}/token-claims-change`;
/** What the Shared Signals Framework sends to see that a stream is alive. */
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

const seconds = z.int().positive();
const common = { iss: z.string().min(1), iat: seconds, jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/) };
const subject = z.object({
  format: z.literal('complex'),
  session: z.object({ format: z.literal('opaque'), id: z.string().min(1).max(255) }),
});
const because = { event_timestamp: seconds, reason_admin: z.object({ en: z.string().min(1).max(255) }) };
/** A positive integer. Builds before these claims omit it, which counts as 0. */
const counted = z.int().positive().optional();
const ofSession = { ...common, seq: z.int().positive(), keep_until: seconds, sub_id: subject, term: counted };

/** Claims of the three kinds of event (RFC 8417 §2.2): each token holds exactly one event. Heartbeats come every second, therefore first. */
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
  z.object({ ...ofSession, events: z.strictObject({ [sessionRevoked]: z.object(because) }) }),
  z.object({
    ...ofSession,
    not_before: seconds,
    // The changed claims are not published: the client gets them with its next token.
    events: z.strictObject({ [tokenClaimsChange]: z.object({ ...because, claims: z.object({}) }) }),
  }),
]);

/** An event as the claims of a security event token, checked as a verifier will. @throws TypeError for one that cannot be told */
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
  const why = { event_timestamp: iat, reason_admin: { en: reason } };
  if (kind === 'session-revoked') return { ...session, events: { [sessionRevoked]: why } };
  return { ...session, not_before: event.notBefore, events: { [tokenClaimsChange]: { ...why, claims: {} } } };
}

/** RFC 9493 §3.3, and the complex subject of the Shared Signals Framework. */
function subjectOf(sid: string): object {
  return { format: 'complex', session: { format: 'opaque', id: sid } };
}

/** The event that verified claims tell, from whom and when; `undefined` for claims of no kind known. */
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
