import type { SigningKey } from '@auth/revocation';
import { openFeedWriter, signFeedEvent } from '@auth/revocation';
import type { RelayStore } from './relay.ts';
import { relay } from './relay.ts';

export interface FeedOptions {
  /** Where the feed is; undefined or `none` where revocation is done without. */
  readonly url: string | undefined;
  readonly store: RelayStore;
  /** The `iss` of what is published. */
  readonly issuer: string;
  /** Read at every event, so that a new active key is used at once. */
  readonly signingKey: () => SigningKey;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

type Term = Parameters<typeof relay>[1];

/** Publishes cut-offs to the feed, signed, for as long as a term lasts. */
export async function publishCutOffs({ url, signingKey, ...options }: FeedOptions, term: Term): Promise<void> {
  if (url === undefined || url === 'none') return;
  const { issuer, now } = options;
  const signed = () => ({ issuer, key: signingKey(), now });
  const writer = await openFeedWriter(url);
  try {
    await relay(
      {
        ...{ ...options, writer },
        sign: {
          event: ({ seq, sid, notBefore, keepUntil, reason }) =>
            notBefore === undefined
              ? signFeedEvent({ kind: 'session-revoked', seq, sid, keepUntil, reason }, signed())
              : signFeedEvent({ kind: 'token-claims-change', seq, sid, notBefore, keepUntil, reason }, signed()),
          heartbeat: (position) => signFeedEvent({ kind: 'heartbeat', ...position }, signed()),
        },
      },
      term,
    );
  } finally {
    await writer.close();
  }
}
