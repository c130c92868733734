/** The results of the readiness checks. */
interface ReadinessReport {
  ready: boolean;
  failing: string[];
  /** Every check by name: `ok` or `failing`. */
  checks: Record<string, 'ok' | 'failing'>;
}

/** The readiness of a service: whether it can take work now. */
export interface Readiness {
  /** Runs the checks. `failing` holds the names of the failed ones, sorted as given; `['draining']` while draining. */
  check(): Promise<ReadinessReport>;
  /** Makes the service not ready from now on, for a graceful shutdown. */
  drain(): void;
  readonly draining: boolean;
}

/** The time limit of a check, and callbacks with the reason of a failure. `check` itself returns names only. */
interface ReadinessOptions {
  timeoutMs?: number;
  /** Called when a check begins to fail, and when it fails for another reason than before; not at each probe. */
  onFailure?: (name: string, error: unknown) => void;
  /** Called when a check that failed passes again. */
  onRecovered?: (name: string) => void;
}

/** Creates a readiness from named checks, each of which throws when it fails. Concurrent probes share one run. */
export function createReadiness(
  checks: Readonly<Record<string, () => Promise<void>>>,
  options: ReadinessOptions = {},
): Readiness {
  const { timeoutMs = 2000, onFailure = () => {}, onRecovered = () => {} } = options;
  const reasons = new Map<string, string>();
  let draining = false;
  let running: Promise<string[]> | undefined;

  const run = async () => {
    const names = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await within(timeoutMs, check);
          if (reasons.delete(name)) onRecovered(name);
          return undefined;
        } catch (error) {
          const reason = String(error);
          if (reasons.get(name) !== reason) onFailure(name, error);
          reasons.set(name, reason);
          return name;
        }
      }),
    );
    return names.filter((name) => name !== undefined);
  };

  return {
    async check() {
      if (draining) return { ready: false, failing: ['draining'], checks: { draining: 'failing' } };
      running ??= run().finally(() => {
        running = undefined;
      });
      const failing = [...(await running)];
      const states = Object.keys(checks).map((name) => [name, failing.includes(name) ? 'failing' : 'ok'] as const);
      return { ready: failing.length === 0, failing, checks: Object.fromEntries(states) };
    },
    drain() {
      draining = true;
    },
    get draining() {
      return draining;
    },
  };
}

async function within(timeoutMs: number, check: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
