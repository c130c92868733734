/** A function to measure. It gets a running number, so that each call can take another token. */
export interface Candidate {
  readonly name: string;
  readonly run: (call: number) => unknown;
}

/** Microseconds per call. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly best: number;
}

/**
 * Measures candidates in turn, a short batch each, so that a disturbance of the machine affects all of them. Quote ratios of
 * one run, never times of two.
 */
export async function measure(
  candidates: readonly Candidate[],
  { rounds, batch }: { rounds: number; batch: number },
): Promise<Measured[]> {
  const times = candidates.map((): number[] => []);
  for (let round = 0; round < rounds + 2; round += 1) {
    for (const [index, { run }] of candidates.entries()) {
      const start = process.hrtime.bigint();
      for (let call = 0; call < batch; call += 1) await run(round * batch + call);
      const microseconds = Number(process.hrtime.bigint() - start) / 1000 / batch;
      // The first two rounds warm up.
      if (round >= 2) times[index]?.push(microseconds);
    }
  }
  return candidates.map(({ name }, index) => {
    const sorted = (times[index] ?? []).sort((a, b) => a - b);
    return { name, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, best: sorted[0] ?? Number.NaN };
  });
}

/** Prints measurements as a table, with ratios to the first. */
export function print(title: string, measured: readonly Measured[]): void {
  const base = measured[0]?.median ?? Number.NaN;
  const width = Math.max(...measured.map(({ name }) => name.length));
  const rows = measured.map(({ name, median, best }) =>
    [name.padEnd(width), micro(median), micro(best), `${(median / base).toFixed(2)}x`.padStart(9)].join('  '),
  );
  const head = [''.padEnd(width), 'median'.padStart(10), 'best'.padStart(10), 'ratio'.padStart(9)].join('  ');
  process.stdout.write(`\n${title}\n${head}\n${rows.join('\n')}\n`);
}

/** The used heap in bytes, after garbage collection. Needs `--expose-gc`. */
export function heapBytes(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** A flat string of its own, as a parser creates it: not a slice or a concatenation, and without a cached hash. */
export function copyOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function micro(value: number): string {
  return `${value.toFixed(1)} us`.padStart(10);
}
