import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { answerTo, outcomeOf } from '../measure/answer.ts';
import type { Variant } from './variants.ts';

/** The requests after the answer to a logout. */
export interface Logout {
  /** From the answer to the logout to the sending of the last accepted request; 0 for none. */
  readonly lateMs: number;
  /** Number of requests that were sent after the logout and accepted. */
  readonly accepted: number;
  /** Outcome of the first refused request. */
  readonly refusal: string;
}

export interface LogoutOptions {
  readonly variants: readonly Variant[];
  readonly times: number;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Logs out of every variant several times, while a client sends one request after another. */
export async function measureLogouts(options: LogoutOptions): Promise<ReadonlyMap<string, readonly Logout[]>> {
  const { variants, times, progress, signal } = options;
  const found = new Map<string, Logout[]>();
  for (const variant of variants) {
    progress(`logging out ${times} times: ${variant.title}`);
    const logouts: Logout[] = [];
    for (let count = 0; count < times; count += 1) {
      signal.throwIfAborted();
      logouts.push(await logOutOf(variant, signal));
    }
    found.set(variant.key, logouts);
  }
  return found;
}

/** A revocation that has not arrived by then is lost. */
const giveUpMs = 20_000;
/** Long enough for a few requests of the client. */
const beforeMs = 20;

async function logOutOf({ origin, path, logIn, title }: Variant, signal: AbortSignal): Promise<Logout> {
  const session = await logIn();
  const agent = new Agent();
  const answers: { sentAt: number; answeredAt: number; outcome: string }[] = [];
  let loggedOutAt = Number.POSITIVE_INFINITY;
  const isRunning = () => {
    signal.throwIfAborted();
    const last = answers.at(-1);
    if (last === undefined || last.sentAt <= loggedOutAt) return true;
    if (last.outcome !== '200') return false;
    if (last.sentAt > loggedOutAt + giveUpMs) throw new Error(`${title}: still accepted ${giveUpMs} ms after a logout`);
    return true;
  };
  const asking = (async () => {
    while (isRunning()) {
      const sentAt = performance.now();
      const outcome = await outcomeOf(answerTo(agent, { origin, path, headers: session.headers }));
      answers.push({ sentAt, answeredAt: performance.now(), outcome });
    }
  })();
  try {
    await delay(beforeMs, undefined, { signal });
    const loggingOutAt = performance.now();
    await session.logOut();
    loggedOutAt = performance.now();
    await asking;
    const early = answers.find(({ answeredAt, outcome }) => answeredAt < loggingOutAt && outcome !== '200');
    if (early !== undefined) throw new Error(`${title} answered ${early.outcome} before the logout`);
    const after = answers.filter(({ sentAt }) => sentAt > loggedOutAt);
    const late = after.filter(({ outcome }) => outcome === '200');
    const lateMs = Math.max(0, ...late.map(({ sentAt }) => sentAt - loggedOutAt));
    return { lateMs, accepted: late.length, refusal: after.at(-1)?.outcome ?? '' };
  } finally {
    await asking.catch(() => undefined);
    await agent.close();
  }
}
