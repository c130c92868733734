import { setTimeout as wait } from 'node:timers/promises';
import { type AwayIssuer, audience } from './away-issuer.ts';

/** How a guard is set up. An age or cooldown that is absent has the default of its library. */
export interface GuardSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** How long keys are used before they are fetched again. */
  readonly cacheMs?: number;
  /** The least time between two fetches for unknown keys. */
  readonly cooldownMs?: number;
}

/** An answer to a request. */
export interface Answer {
  /** `undefined`: none within `longestMs`. */
  readonly status: number | undefined;
  /** The code or name of the error. */
  readonly thrown: string | undefined;
  readonly ms: number;
}

/** What one library answers in all situations. */
export interface Outcome {
  readonly cold: Answer;
  readonly aged: Answer;
  readonly newKey: Answer;
  /** The same request half a second later. */
  readonly newKeyAgain: Answer;
  readonly knownKey: Answer;
  /** Whether the first request is accepted once the issuer is back, in each situation in which it is down. */
  readonly isBackAtOnce: boolean;
  readonly hangingCold: Answer;
  readonly hangingAged: Answer;
}

/** Shorter than the libraries' defaults of five or ten minutes, and of 30 seconds, which nobody waits for here. */
export const cacheMs = 2000;
export const cooldownMs = 1000;
/** How long a request waits for an answer. */
export const longestMs = 40_000;
/** How long a good token may still be refused once the issuer is back. */
export const backWithinMs = 5000;

/** What a situation needs: an issuer of its own, and a guard of the library in front of it. */
export interface Stage {
  openIssuer(): Promise<AwayIssuer>;
  /** Opens a guard and returns its port. */
  openGuard(settings: GuardSettings): Promise<number>;
}

/** Takes a library through all situations, all at the same time. */
export async function runSituations(stage: Stage): Promise<Outcome> {
  const [cold, aged, rotated, hangingCold, hangingAged] = await Promise.all([
    downBeforeKeys(stage),
    downWithAgedKeys(stage),
    downWithNewKey(stage),
    hangsBeforeKeys(stage),
    hangsWithAgedKeys(stage),
  ]);
  return {
    cold: cold.answer,
    aged: aged.answer,
    newKey: rotated.answer,
    newKeyAgain: rotated.again,
    knownKey: rotated.known,
    isBackAtOnce: cold.isBackAtOnce && aged.isBackAtOnce && rotated.isBackAtOnce,
    hangingCold,
    hangingAged,
  };
}

async function downBeforeKeys(stage: Stage) {
  const issuer = await stage.openIssuer();
  await issuer.goDown();
  const port = await stage.openGuard(settingsFor(issuer));
  const answer = await ask(port, issuer.token('old'));
  return { answer, isBackAtOnce: await comeBack(issuer, port, issuer.token('old')) };
}

async function downWithAgedKeys(stage: Stage) {
  const { issuer, port } = await openWarm(stage, { cacheMs });
  await issuer.goDown();
  await wait(cacheMs + 500);
  const answer = await ask(port, issuer.token('old'));
  return { answer, isBackAtOnce: await comeBack(issuer, port, issuer.token('old')) };
}

async function downWithNewKey(stage: Stage) {
  const { issuer, port } = await openWarm(stage, { cooldownMs });
  await issuer.goDown();
  // Also time enough for a client to see that the connections it keeps are closed.
  await wait(cooldownMs + 200);
  const answer = await ask(port, issuer.token('new'));
  const known = await ask(port, issuer.token('old'));
  await wait(500);
  const again = await ask(port, issuer.token('new'));
  return { answer, known, again, isBackAtOnce: await comeBack(issuer, port, issuer.token('new')) };
}

async function hangsBeforeKeys(stage: Stage): Promise<Answer> {
  const issuer = await stage.openIssuer();
  issuer.hang();
  return ask(await stage.openGuard(settingsFor(issuer)), issuer.token('old'));
}

async function hangsWithAgedKeys(stage: Stage): Promise<Answer> {
  const { issuer, port } = await openWarm(stage, { cacheMs });
  issuer.hang();
  await wait(cacheMs + 500);
  return ask(port, issuer.token('old'));
}

function settingsFor({ origin, jwksUrl }: AwayIssuer): GuardSettings {
  return { issuer: origin, audience, jwksUrl };
}

/** Opens an issuer, and a guard that has its keys. */
async function openWarm(stage: Stage, times: Pick<GuardSettings, 'cacheMs' | 'cooldownMs'>) {
  const issuer = await stage.openIssuer();
  const port = await stage.openGuard({ ...settingsFor(issuer), ...times });
  await untilAccepted(port, issuer.token('old'));
  return { issuer, port };
}

async function comeBack(issuer: AwayIssuer, port: number, token: string): Promise<boolean> {
  await issuer.comeBack();
  return (await untilAccepted(port, token)) === 1;
}

/** Repeats a request until it is accepted. Returns the number of requests. @throws Error after `backWithinMs` */
async function untilAccepted(port: number, token: string): Promise<number> {
  const started = performance.now();
  for (let requests = 1; ; requests += 1) {
    const { status, thrown } = await ask(port, token);
    if (status === 200) return requests;
    if (performance.now() - started > backWithinMs) {
      throw new Error(`a good token is still answered ${status} ${thrown}`);
    }
    await wait(50);
  }
}

async function ask(port: number, token: string): Promise<Answer> {
  const started = performance.now();
  const request = { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(longestMs) };
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, request);
    const thrown = response.headers.get('x-thrown') ?? undefined;
    return { status: response.status, thrown, ms: performance.now() - started };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    return { status: undefined, thrown: undefined, ms: performance.now() - started };
  }
}
