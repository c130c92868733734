import type { SigningKey } from '@auth/revocation';
import { openFeedWriter, signFeedEvent } from '@auth/revocation';
import type { RelayStore } from './outbox.ts';
import type { RelaySigning, RelayTerm } from './relay.ts';
import { relay } from './relay.ts';

export interface FeedOptions {
  /** Where the feed is; undefined or `none` where revocation is done without. */
  readonly url: string | undefined;
  /** Opens the outbox for the term of that number. */
  readonly openStore: (term: number) => RelayStore;
  /** The `iss` of what is published. */
  readonly issuer: string;
  /** Read at every event, so that a new active key is used at once. */
  readonly signingKey: () => SigningKey;
  /** The ids of the keys that verifiers may know: an event that was signed with another one is signed again. */
  readonly publishedKids: () => readonly string[];
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Called when publishing fails: once until it works again. */
  readonly onError: (error: unknown) => void;
  /** Called after each heartbeat. */
  readonly onBeat?: () => void;
}

/** A term of leadership with its fencing number: see `openLeader`. */
export type FeedTerm = RelayTerm & { readonly number: number };

/** Publishes cut-offs to the feed, signed, for as long as a term lasts. */
export async function publishCutOffs({ url, openStore, ...options }: FeedOptions, term: FeedTerm): Promise<void> {
  if (url === undefined || url === 'none') return;
  const writer = await openFeedWriter(url, { term: term.number, isHeld: term.isHeld });
  try {
    await relay({ ...options, writer, store: openStore(term.number), sign: signingFor(options, term.number) }, term);
  } finally {
    await writer.close();
  }
}

type SigningOptions = Pick<FeedOptions, 'issuer' | 'now' | 'signingKey' | 'publishedKids'>;

/** How a leader signs: heartbeats in its own term, an event in the term in which it was numbered. */
export function signingFor({ issuer, now, signingKey, publishedKids }: SigningOptions, number: number): RelaySigning {
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

/** A member of a part of a token of our own, from our own database. */
function read(part: string | undefined, member: string): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())[member];
  } catch {
    return undefined;
  }
}
