import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@auth/dev';

/**
 * Returns the log lines of all answered requests of a service. Lines are written a few milliseconds later, so a marked
 * request is sent after the others; its own line is left out.
 */
export async function loggedLines(stack: Stack, name: keyof Stack['urls']): Promise<readonly string[]> {
  const marker = `/marker-${crypto.randomUUID()}`;
  await fetch(`${stack.urls[name]}${marker}`);
  while (!stack.lines(name).some((line) => line.includes(marker))) await delay(10);
  return stack.lines(name).filter((line) => !line.includes('/marker-'));
}
