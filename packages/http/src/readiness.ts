/** How the checks went. */
export interface ReadinessReport {
  ready: boolean;
  failing: string[];
  /** Every check by name: `ok` or `failing`. */
  checks: Record<string, 'ok' | 'failing'>;
}

/** Whether a service can take work now. */
export interface Readiness {
  /** `failing` holds the names of the checks that failed, sorted as given; `['draining']` while draining. */
  check(): Promise<ReadinessReport>;
  /** From now on the service is not ready: it finishes what it has and takes no more. */
  drain(): void;
  readonly draining: boolean;
}

/** How long a check may take, and where to say why one failed (the callers of `check` only learn its name). */
export interface ReadinessOptions {
  timeoutMs?: number;
  /** Called when a check begins to fail, and when it fails for another reason than before; not at each probe. */
  onFailure?: (name: string, error: unknown) => void;
  /** Called when a check that failed passes again. */
  onRecovered?: (name: string) => void;
}

/** Makes a readiness from named checks, each of which throws when it fails. Probes at the same time share one run. */
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
