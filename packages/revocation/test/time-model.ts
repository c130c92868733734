import type { FeedEvent } from '../src/feed-event.ts';
import { createQuickIssuer } from './issuer.ts';
import { createTestVerifier, createTimes, type Times } from './verifier.ts';

/** The life of an access token, and the time that the issuer keeps cut-offs after it. */
const lifeSeconds = 600;
const keepSeconds = 10;
const clockToleranceSeconds = 5;
const staleAfterSeconds = 10;

interface AccessToken {
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
  readonly mintedAt: number;
}

interface CutOff {
  readonly seq: number;
  readonly event: FeedEvent;
  readonly keepUntil: number;
  /** Signed once; the same token is published again. */
  readonly text: string;
  readonly revokes: readonly AccessToken[];
  /** In true time. */
  readonly publishedAt: number;
}

type Database = readonly CutOff[];

/**
 * A model of issuer, feed and verifier, whose clocks may be wrong. Beside them it records the truth: the true time, every
 * token, and what revokes it.
 */
export function createTimeModel() {
  const times = createTimes();
  const issuer = createQuickIssuer({ now: times.issuerNow });
  const tokens: AccessToken[] = [];
  const published: CutOff[] = [];
  let database: Database = [];
  let backup: Database = [];
  let term = 1;
  let beat = 0;
  let compactedFloor = 1;
  let feed: string[] = [];
  let verifier = createTestVerifier(times, issuer, staleAfterSeconds);
  let position = 0;
  let delivered = new Set<string>();
  const issuerSeconds = () => Math.floor(times.issuerNow());

  function deliver(texts: readonly string[]): void {
    for (const text of texts) delivered.add(text);
    verifier.read(...texts);
  }

  /** Takes the steps of a reader that reads the feed again. */
  function readAgain(): void {
    verifier.state.startOver();
    position = 0;
    readNew();
  }

  function readNew(lose: (index: number) => boolean = () => false): void {
    const arriving = feed.slice(position).filter((_, index) => !lose(index));
    position = feed.length;
    deliver(arriving);
  }

  /** The feed has every event from the first one that still matters. */
  function floorNow(): number {
    const last = database.at(-1)?.seq ?? 0;
    return database.find(({ keepUntil }) => keepUntil > issuerSeconds())?.seq ?? last + 1;
  }

  function heartbeat(): string {
    beat += 1;
    return issuer.sign({ kind: 'heartbeat', floor: floorNow(), last: database.at(-1)?.seq ?? 0, term, beat });
  }

  function compact(): void {
    const text = heartbeat();
    compactedFloor = floorNow();
    feed = [...database.filter(({ seq }) => seq >= compactedFloor).map((one) => one.text), text];
    position = 0;
    verifier.state.startOver();
  }

  function cut(sid: string, kind: 'ended' | 'changed'): void {
    const revokes = tokens.filter((token) => token.sid === sid);
    if (revokes.length === 0) return;
    const lastIat = Math.max(...revokes.map(({ iat }) => iat));
    const keepUntil = Math.max(...revokes.map(({ exp }) => exp)) + keepSeconds;
    const seq = (database.at(-1)?.seq ?? 0) + 1;
    const session = { seq, sid, keepUntil, reason: 'test', term };
    const event: FeedEvent =
      kind === 'ended'
        ? { kind: 'session-revoked', ...session }
        : { kind: 'token-claims-change', ...session, notBefore: Math.max(issuerSeconds(), lastIat) };
    const one = { seq, event, keepUntil, text: issuer.sign(event), revokes, publishedAt: times.trueTime() };
    database = [...database, one];
    published.push(one);
    feed.push(one.text);
  }

  return {
    times,
    mint(sid: string) {
      const iat = issuerSeconds();
      tokens.push({ sid, iat, exp: iat + lifeSeconds, mintedAt: times.trueTime() });
    },
    cut,
    /** A lower floor counts only when the events from it on are in the feed again. */
    beat: () => (floorNow() < compactedFloor ? compact() : feed.push(heartbeat())),
    compact,
    readNew,
    /** Only the last of the new tokens arrives: a heartbeat that counts the lost ones. */
    readLast: () => readNew((index) => position + index < feed.length - 1),
    /** Reads the feed as a verifier does: again from the start where something is missing. */
    readAll() {
      readNew();
      if (verifier.state.hasGap()) readAgain();
    },
    backUp() {
      backup = database;
    },
    /** Starts a new leader, on the current database or on one restored from the backup. */
    lead({ isRestored = false } = {}) {
      if (isRestored) database = backup;
      term += 1;
      beat = 0;
      compact();
    },
    /** A replaced leader publishes a token that it signed earlier, or signs now. */
    speakAsFenced(seq: number) {
      if (term === 1) return;
      const before = { term: term - 1 };
      const keepUntil = issuerSeconds() + lifeSeconds;
      feed.push(
        issuer.sign({ kind: 'session-revoked', seq, sid: `fenced-${seq}`, keepUntil, reason: 'test', ...before }),
        issuer.sign({ kind: 'heartbeat', floor: seq + 1, last: seq, beat: 1_000_000 + beat, ...before }),
      );
    },
    restartVerifier() {
      verifier = createTestVerifier(times, issuer, staleAfterSeconds);
      delivered = new Set();
      readAgain();
    },
    isStale: () => verifier.isStale(),
    /** Tokens that the verifier accepts although it received an event that revokes them. */
    wronglyAccepted: () =>
      published
        .filter(({ text }) => delivered.has(text))
        .flatMap(({ revokes }) => revokes)
        .filter((token) => isAccepted(token) && !isTrulyExpired(token, times)),
    /**
     * Revoked tokens that the verifier accepts although it reports to be fresh and has had time to become complete. A
     * verifier without any event of the current leader still trusts the previous one, whose lease ends within seconds.
     */
    acceptedThoughFresh: () =>
      verifier.isStale() ||
      Math.abs(times.offsets.verifier) > clockToleranceSeconds ||
      verifier.state.stats().term < term
        ? []
        : published
            .filter((one) => database.includes(one) && one.keepUntil > issuerSeconds())
            .filter(({ publishedAt }) => publishedAt < times.trueTime() - staleAfterSeconds - clockToleranceSeconds - 1)
            .flatMap(({ revokes }) => revokes)
            .filter((token) => isAccepted(token) && !isTrulyExpired(token, times)),
    /** Tokens refused as revoked although no event ever revoked a token of that session. */
    wronglyRevoked: () =>
      tokens.filter(
        ({ sid, iat }) =>
          verifier.table.isRevoked(sid, iat) &&
          !published.some(({ event }) => event.kind !== 'heartbeat' && event.sid === sid),
      ),
  };

  /** The decision of the verifier of access tokens; it has tests of its own. */
  function isAccepted({ sid, iat, exp }: AccessToken): boolean {
    const time = Math.floor(times.now());
    const isInTime = iat <= time + clockToleranceSeconds && exp > time - clockToleranceSeconds;
    return isInTime && !verifier.table.isRevoked(sid, iat);
  }
}

/** Whether a token has expired, by its claims and by the time that has really passed. */
function isTrulyExpired({ exp, mintedAt }: AccessToken, { trueTime }: Times): boolean {
  return trueTime() >= exp + clockToleranceSeconds && trueTime() >= mintedAt + lifeSeconds;
}
