import { LaunchError } from '@auth/dev';
import { labCommands } from '../commands.ts';

/** What one who runs the comparison may choose. */
export interface CompareSettings {
  /** How long the load lasts under which all variants are measured. */
  readonly loadSeconds: number;
  /** How long the gateways are measured besides while all of them are sent as much. */
  readonly pacedSeconds: number;
  /** How often every variant has its turn. */
  readonly rounds: number;
  /** How often each variant is logged out of. */
  readonly logouts: number;
  /** How long the user app is stopped. */
  readonly outageSeconds: number;
  /** How long each process is kept busy before it is measured. */
  readonly warmMs: number;
  /** Requests, one at a time, over which what reaches the stores is counted. */
  readonly countedRequests: number;
  /** How long is watched what is done without any request. */
  readonly idleMs: number;
  /** A Redis to use; without one a server of our own is started, if there is one. */
  readonly redisUrl: string | undefined;
  /** Whether it lasts long enough for its numbers to be published. */
  readonly isWhole: boolean;
}

/** An access token is good for ten minutes, and nobody refreshes it meanwhile. */
const longest = 300;
const usual = Number(labCommands.compare.variables.COMPARE_SECONDS.default);

/** Reads `COMPARE_SECONDS` and `REDIS_URL`: the rest follows. @throws LaunchError with exit code 78 */
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
    // Fewer in a short run would be drowned by what the apps do in the background.
    countedRequests: 400,
    idleMs: Math.max(1100, Math.round(8000 * share)),
    redisUrl: env['REDIS_URL'] || undefined,
    isWhole: seconds >= usual,
  };
}
