import { LaunchError } from '@auth/dev';
import { labCommands } from '../commands.ts';

/** How much the comparison measures. */
export interface CompareSettings {
  /** Length of the load on all variants. */
  readonly loadSeconds: number;
  /** Length of the load at one rate on all gateways. */
  readonly pacedSeconds: number;
  /** Number of turns of every variant. */
  readonly rounds: number;
  /** Number of logouts of each variant. */
  readonly logouts: number;
  /** Length of the outage of the user app. */
  readonly outageSeconds: number;
  /** Length of the load that warms each process up. */
  readonly warmMs: number;
  /** Number of requests for which requests to the stores are counted. */
  readonly countedRequests: number;
  /** Length of the measurement without requests. */
  readonly idleMs: number;
  /** The Redis to use; without it `redis-server` is started, where it is installed. */
  readonly redisUrl: string | undefined;
  /** Whether the load is long enough for the numbers to be published. */
  readonly isWhole: boolean;
}

/** The clients do not refresh their access tokens, which expire after ten minutes. */
const longest = 300;
const usual = Number(labCommands.compare.variables.COMPARE_SECONDS.default);

/** Reads `COMPARE_SECONDS` and `REDIS_URL`, and derives the rest. @throws LaunchError with exit code 78 */
export function readCompareSettings(env: Readonly<Record<string, string | undefined>>): CompareSettings {
  const text = env['COMPARE_SECONDS'] || String(usual);
  const seconds = Number(text);
  if (!/^\d{1,3}$/.test(text) || seconds < 1 || seconds > longest) {
    throw new LaunchError(`COMPARE_SECONDS must be 1 to ${longest}: how long the measured load lasts`, {
      exitCode: 78,
    });
  }
  const share = Math.min(1, seconds / usual);
  return {
    loadSeconds: seconds,
    pacedSeconds: Math.max(2, Math.round(20 * share)),
    rounds: Math.max(2, Math.round(7 * share)),
    logouts: Math.max(3, Math.round(15 * share)),
    outageSeconds: Math.max(1, Math.round(5 * share)),
    warmMs: Math.max(500, Math.round(5000 * share)),
    // Fewer in a short run would not stand out from background work.
    countedRequests: 400,
    idleMs: Math.max(1100, Math.round(8000 * share)),
    redisUrl: env['REDIS_URL'] || undefined,
    isWhole: seconds >= usual,
  };
}
