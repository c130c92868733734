export type { FeedWriter, FeedWriterOptions, PublishOptions } from './feed.ts';
export type { FeedEvent, Heartbeat, SessionRevoked, TokenClaimsChange, VerifiedEvent } from './feed-event.ts';
export { type FeedPlace, openFeedWriter, parseFeedUrl } from './open-feed.ts';
export type { FeedOutcome, OpenRevocations, OpenRevocationsOptions, RevocationStats } from './open-revocations.ts';
export { openRevocations } from './open-revocations.ts';
export { loadRedis } from './redis-connection.ts';
export { labelOf, type RedisFault, reconnectAtFaults } from './redis-fault.ts';
export type {
  FeedEventVerifier,
  FeedEventVerifierOptions,
  SignFeedEventOptions,
  SigningKey,
} from './security-event.ts';
export { createFeedEventVerifier, SecurityEventError, signFeedEvent } from './security-event.ts';
export type { ClockReport } from './staleness.ts';
