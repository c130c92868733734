/** The processor time that services have used so far, in seconds, together: as they tell on their admin ports. */
export async function readCpuSeconds(urls: readonly string[]): Promise<number> {
  const times = await Promise.all(urls.map(cpuSecondsOf));
  return times.reduce((sum, one) => sum + one, 0);
}

async function cpuSecondsOf(url: string): Promise<number> {
  const admin = new URL('/metrics', url);
  admin.port = String(Number(admin.port) + 100);
  const text = await (await fetch(admin)).text();
  const found = /^process_cpu_seconds_total\{.*\} ([\d.e+-]+)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`${admin} tells no process_cpu_seconds_total`);
  return Number(found);
}
