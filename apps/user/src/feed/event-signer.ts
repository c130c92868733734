import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SigningKey, signFeedEvent } from '@auth/revocation';
import type { Outbox, OutboxEvent, SignedEvent } from './outbox.ts';

/** The content of a heartbeat. */
export interface Beat {
  readonly floor: number;
  readonly last: number;
  readonly beat: number;
}

/** Signs events and heartbeats. */
export interface EventSigning {
  readonly event: (event: Omit<OutboxEvent, 'token'>) => string;
  readonly heartbeat: (beat: Beat) => string;
  /** Whether verifiers accept a token that was signed earlier: its key is still published, and its issuer is unchanged. */
  readonly isGood: (token: string) => boolean;
  /** Identifies the issuer and the published keys. A change means that earlier tokens may no longer be valid. */
  readonly version: () => string;
}

export interface SignerOptions {
  readonly outbox: Pick<Outbox, 'keep'>;
  readonly sign: EventSigning;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Numbers that need a token, with or without an event. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** How long signing may block the process at a time. One signature takes about 1 ms. */
const sliceMs = 8;

/** Creates the function that finds or signs the tokens of events, in slices so that the process can do other work. */
export function createSigner({ outbox, sign, now }: SignerOptions) {
  /** Tokens for numbers without a row: see `fill`. */
  const fillers = new Map<number, string>();

  /**
   * Signs an event for a number without a row, since a build before this one removed events that no longer concerned a
   * token. Verifiers wait for every number; this event revokes nothing.
   */
  function fill(seq: number): string {
    const kept = fillers.get(seq);
    if (kept !== undefined && sign.isGood(kept)) return kept;
    const gone = { kind: 'session-revoked', sid: 'removed', reason: 'removed', notBefore: undefined } as const;
    const token = sign.event({ ...gone, seq, keepUntil: Math.floor(now()), term: undefined });
    fillers.set(seq, token);
    return token;
  }

  return async function signAll(events: readonly OutboxEvent[], range?: Range): Promise<readonly SignedEvent[]> {
    const signed: SignedEvent[] = [];
    const fresh: SignedEvent[] = [];
    let sliceEnd = performance.now() + sliceMs;
    const pause = async () => {
      if (performance.now() < sliceEnd) return;
      await nextTurn();
      sliceEnd = performance.now() + sliceMs;
    };
    let next = range?.from;
    const fillUpTo = async (end: number) => {
      for (; next !== undefined && next < end; next += 1) {
        signed.push({ seq: next, token: fill(next) });
        await pause();
      }
    };
    for (const event of events) {
      await fillUpTo(event.seq);
      const isGood = event.token !== undefined && sign.isGood(event.token);
      const entry = { seq: event.seq, token: isGood ? (event.token ?? '') : sign.event(event) };
      signed.push(entry);
      if (!isGood) fresh.push(entry);
      if (next !== undefined) next = event.seq + 1;
      await pause();
    }
    if (range !== undefined) await fillUpTo(range.to + 1);
    if (fresh.length > 0) await outbox.keep(fresh);
    return signed;
  };
}

export interface SigningOptions {
  /** The `iss` of events. */
  readonly issuer: string;
  /** Read at every event, so that a new active key is used at once. */
  readonly signingKey: () => SigningKey;
  /** The ids of the keys that verifiers may know: an event that was signed with another one is signed again. */
  readonly publishedKids: () => readonly string[];
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Creates the signing of a leader: heartbeats in its own term, an event in the term in which it was numbered. */
export function signingFor({ issuer, now, signingKey, publishedKids }: SigningOptions, number: number): EventSigning {
  const signed = () => ({ issuer, key: signingKey(), now });
  return {
    event({ seq, sid, notBefore, keepUntil, reason, term = number }) {
      const event = { seq, sid, keepUntil, reason, term };
      return notBefore === undefined
        ? signFeedEvent({ kind: 'session-revoked', ...event }, signed())
        : signFeedEvent({ kind: 'token-claims-change', ...event, notBefore }, signed());
    },
    heartbeat: (beat) => signFeedEvent({ kind: 'heartbeat', ...beat, term: number }, signed()),
    isGood(token) {
      const [header, payload] = token.split('.', 2);
      return publishedKids().includes(String(read(header, 'kid'))) && read(payload, 'iss') === issuer;
    },
    version: () => [issuer, ...publishedKids()].join(' '),
  };
}

/** Reads a member of a part of a token. Unverified, since the token comes from this service's own database. */
function read(part: string | undefined, member: string): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())[member];
  } catch {
    return undefined;
  }
}
