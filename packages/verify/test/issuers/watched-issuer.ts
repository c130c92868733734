import { expect } from '@jest/globals';
import {
  type AccessTokenProfile,
  type ClaimsSchema,
  createAccessTokenVerifier,
  type VerifiedClaims,
} from '../../src/index.ts';
import { createJwksSource, discoverIssuer, type JwksOutcome, type KeySourceOptions } from '../../src/jwks/index.ts';
import { outcomeOf } from '../outcome.ts';

/** What a service knows of an issuer. */
export interface WatchOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Where the keys are. Unless given, the issuer's metadata says it. */
  readonly jwksUrl?: string;
  readonly profile: AccessTokenProfile;
  /** Further claims. */
  readonly claims?: ClaimsSchema;
}

/** A service's view of an issuer: the keys as it publishes them, and verifiers that use them. */
export interface WatchedIssuer {
  /** @throws AuthError as the verifier */
  verify(token: string): VerifiedClaims;
  /** How a token ends for the service; other options take the place of its own. */
  outcome(token: string, other?: Partial<WatchOptions>): string;
  /** Moves the clock of the service forward. Its issuer's stays. */
  advance(seconds: number): void;
  /** Has the keys fetched as after an unknown kid, past the cooldown. */
  refresh(): Promise<JwksOutcome>;
  /** Resolves with the outcome of the next fetch to end. */
  nextOutcome(): Promise<JwksOutcome>;
  keyIds(): readonly string[];
  close(): Promise<void>;
}

/** Fetches the keys and creates the verifier. The clock is this machine's, until it is moved. */
export async function watchIssuer(options: WatchOptions): Promise<WatchedIssuer> {
  let ahead = 0;
  const now = () => Date.now() / 1000 + ahead;
  const waiting: ((outcome: JwksOutcome) => void)[] = [];
  const { jwksUrl, ...own } = options;
  const sourceOptions: KeySourceOptions = {
    profile: options.profile,
    now,
    onOutcome(outcome) {
      for (const tell of waiting.splice(0)) tell(outcome);
    },
  };
  const source =
    jwksUrl === undefined
      ? discoverIssuer({ ...sourceOptions, issuer: options.issuer, allowHttp: true })
      : createJwksSource({ ...sourceOptions, url: jwksUrl });
  const common = { keys: source.keys, onUnknownKid: source.refreshSoon, revocations: null, now };
  const verifier = createAccessTokenVerifier({ ...common, ...own });
  const nextOutcome = () => new Promise<JwksOutcome>((resolve) => waiting.push(resolve));
  const advance = (seconds: number) => {
    ahead += seconds;
  };
  await source.start();
  return {
    verify: verifier.verify,
    advance,
    nextOutcome,
    outcome(token, other) {
      const asked = other === undefined ? verifier : createAccessTokenVerifier({ ...common, ...own, ...other });
      return outcomeOf(() => asked.verify(token));
    },
    refresh() {
      advance(30);
      const next = nextOutcome();
      source.refreshSoon();
      return next;
    },
    keyIds: () => [...source.keys().keys()],
    close: source.close,
  };
}

/**
 * Stops an issuer, and expects its tokens to be accepted until the keys are stale: one that was verified before, and
 * one that was not.
 */
export async function expectToOutlive(
  watched: WatchedIssuer,
  [known, unseen]: readonly [string, string],
  stop: () => Promise<void>,
): Promise<void> {
  const outcomes = () => [known, unseen].map((token) => watched.outcome(token));
  expect(watched.outcome(known)).toBe('accepted');
  await stop();
  expect(await watched.refresh()).toBe('network');
  expect(outcomes()).toEqual(['accepted', 'accepted']);
  watched.advance(86_400);
  expect(outcomes()).toEqual(['unavailable: keys_unavailable', 'unavailable: keys_unavailable']);
  await watched.close();
}
