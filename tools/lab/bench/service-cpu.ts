import type { MetricsDocument } from '@auth/http';

/** Reads the processor time that services have used together since their start, in seconds, from their admin ports. */
export async function readCpuSeconds(urls: readonly string[]): Promise<number> {
  const times = await Promise.all(urls.map(cpuSecondsOf));
  return times.reduce((sum, one) => sum + one, 0);
}

async function cpuSecondsOf(url: string): Promise<number> {
  const admin = new URL('/metrics.json', url);
  admin.port = String(Number(admin.port) + 100);
  const { metrics } = (await (await fetch(admin)).json()) as MetricsDocument;
  const seconds = metrics['process_cpu_seconds_total']?.[0]?.value;
  if (seconds === undefined) throw new Error(`${admin} has no process_cpu_seconds_total`);
  return seconds;
}
