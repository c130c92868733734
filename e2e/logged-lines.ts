import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@auth/dev';

/**
 * What a service has logged of every request that was answered so far: lines are written a few milliseconds later. A marked
 * request goes behind them, whose own line is left out.
 */
export async function loggedLines(stack: Stack, name: keyof Stack['urls']): Promise<readonly string[]> {
  const marker = `/marker-${crypto.randomUUID()}`;
  await fetch(`${stack.urls[name]}${marker}`);
  while (!stack.lines(name).some((line) => line.includes(marker))) await delay(10);
  return stack.lines(name).filter((line) => !line.includes('/marker-'));
}
