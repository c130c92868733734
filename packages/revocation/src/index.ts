export type { FeedEvent, Heartbeat, SessionRevoked, TokenClaimsChange } from './feed-event.ts';
export type {
  FeedEventVerifier,
  FeedEventVerifierOptions,
  SignFeedEventOptions,
  SigningKey,
} from './security-event.ts';
export { createFeedEventVerifier, signFeedEvent } from './security-event.ts';
export { SecurityEventError } from './security-event-error.ts';
