export type { ClockReport } from './clock-check.ts';
export type { FeedWriter, FeedWriterOptions, PublishOptions } from './feed.ts';
export type { FeedEvent, Heartbeat, SessionRevoked, TokenClaimsChange, VerifiedEvent } from './feed-event.ts';
export { type FeedPlace, parseFeedUrl } from './feed-url.ts';
export { loadRedis } from './load-redis.ts';
export { openFeedWriter } from './open-feed.ts';
export type { FeedOutcome, OpenRevocations, OpenRevocationsOptions, RevocationStats } from './open-revocations.ts';
export { openRevocations } from './open-revocations.ts';
export { labelOf, type RedisFault, reconnectAtFaults } from './redis-fault.ts';
export type {
  FeedEventVerifier,
  FeedEventVerifierOptions,
  SignFeedEventOptions,
  SigningKey,
} from './security-event.ts';
export { createFeedEventVerifier, signFeedEvent } from './security-event.ts';
export { SecurityEventError } from './security-event-error.ts';
