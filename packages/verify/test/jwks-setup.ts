import { createAccessTokenVerifier, type RememberingVerifier } from '../src/access-token.ts';
import { createJwksSource, type JwksOutcome, type JwksSource, type JwksSourceOptions } from '../src/jwks/index.ts';
import { createTestIssuer, type TestIssuer } from '../src/testing/index.ts';
import { otherKey, privateKey } from './access-tokens.ts';
import { type JwksListener, type JwksServer, openJwksServer } from './jwks-server.ts';
import { outcomeOf } from './outcome.ts';
import { createTestClock, startOfTests, type TestClock } from './test-clock.ts';

const issuerOptions = { issuer: 'https://auth.example', audience: ['order'], now: () => startOfTests };

/** The issuer before and after it changed its key. */
export const oldIssuer: TestIssuer = createTestIssuer({ ...issuerOptions, privateKey });
export const newIssuer: TestIssuer = createTestIssuer({ ...issuerOptions, privateKey: otherKey });

/** A source of keys, the server it asks and a verifier on top of it. */
export interface JwksSetup {
  readonly clock: TestClock;
  readonly server: JwksServer;
  readonly source: JwksSource;
  readonly verifier: RememberingVerifier;
  /** The outcomes of all fetches, and the errors for the log. */
  readonly outcomes: readonly JwksOutcome[];
  readonly messages: readonly (string | undefined)[];
  /** Resolves with the outcome of the next fetch to end. */
  nextOutcome(): Promise<JwksOutcome>;
  /** Moves the clock past the cooldown and has the keys fetched again. */
  refresh(): Promise<JwksOutcome>;
  /** How a good token of an issuer ends. */
  outcomeFor(issuer: TestIssuer): string;
  close(): Promise<void>;
}

/** Sets up a source that is not started yet. */
export async function setUpJwks(listener: JwksListener, options: Partial<JwksSourceOptions> = {}): Promise<JwksSetup> {
  const server = await openJwksServer(listener);
  return setUpSource(
    server,
    (common) => createJwksSource({ url: server.url, ...common, ...options }),
    oldIssuer.issuer,
  );
}

/** The options that every source of a test has. */
export type CommonOptions = Required<Pick<JwksSourceOptions, 'now' | 'random' | 'onOutcome'>>;

/** Sets up the source that `create` makes, for tokens of `issuer`. */
export function setUpSource(
  server: JwksServer,
  create: (common: CommonOptions) => JwksSource,
  issuer: string,
): JwksSetup {
  const clock = createTestClock();
  const outcomes: JwksOutcome[] = [];
  const messages: (string | undefined)[] = [];
  const waiting: ((outcome: JwksOutcome) => void)[] = [];
  const source = create({
    now: clock.now,
    random: () => 0,
    onOutcome(outcome, error) {
      outcomes.push(outcome);
      messages.push(error?.message);
      for (const tell of waiting.splice(0)) tell(outcome);
    },
  });
  const verifier = createAccessTokenVerifier({
    issuer,
    audience: 'order',
    revocations: null,
    now: () => startOfTests,
    keys: source.keys,
    onUnknownKid: source.refreshSoon,
  });
  const nextOutcome = () => new Promise<JwksOutcome>((resolve) => waiting.push(resolve));
  return {
    clock,
    server,
    source,
    verifier,
    outcomes,
    messages,
    nextOutcome,
    refresh() {
      clock.advance(30);
      const next = nextOutcome();
      // It throws while the issuer is away, which is tested for itself.
      outcomeOf(() => source.refreshSoon());
      return next;
    },
    outcomeFor: (issuer) => outcomeOf(() => verifier.verify(issuer.token())),
    async close() {
      await source.close();
      await server.close();
    },
  };
}
