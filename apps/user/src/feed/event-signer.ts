import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutboxEvent, RelayStore, SignedEvent } from './outbox.ts';

/** How events are signed. */
export interface EventSigning {
  readonly event: (event: Omit<OutboxEvent, 'token'>) => string;
  /** Whether verifiers accept a token that was signed before: its key is still published, and its issuer is still ours. */
  readonly isGood: (token: string) => boolean;
  /** Changes with the published keys: tokens that were valid may no longer be. */
  readonly version: () => string;
}

export interface SignerOptions {
  readonly store: Pick<RelayStore, 'keep'>;
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

/** Creates the function that finds or makes the tokens of events, in slices so that the process can do other work. */
export function createSigner({ store, sign, now }: SignerOptions) {
  /** Tokens for numbers without a row: see `fill`. */
  const fillers = new Map<number, string>();

  /**
   * The event of a number without a row: a build before this one removed an event that no longer concerned a token.
   * Verifiers wait for every number, so they get an event that ends nothing.
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
      const one = { seq: event.seq, token: isGood ? (event.token ?? '') : sign.event(event) };
      signed.push(one);
      if (!isGood) fresh.push(one);
      if (next !== undefined) next = event.seq + 1;
      await pause();
    }
    if (range !== undefined) await fillUpTo(range.to + 1);
    if (fresh.length > 0) await store.keep(fresh);
    return signed;
  };
}
