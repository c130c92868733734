import { setTimeout as delay } from 'node:timers/promises';
import { redactText } from './redact.ts';

/**
 * Says on stderr why a service did not start, and exits. An error with a numeric `exitCode` (a `ConfigError`, a broken
 * key document) and a port that cannot be had are for the user to mend: no stack. Anything else: stack, exit 1.
 */
export async function reportStartFailure(proc: NodeJS.Process, name: string, error: unknown): Promise<void> {
  const { text, exitCode } = explain(error);
  const lines = redactText(text)
    .split('\n')
    .map((line) => `${name}: ${line}\n`);
  // A pipe may be written to later; exiting before would lose the message. One that is not read is not waited for.
  const written = new Promise<void>((resolve) => proc.stderr.write(lines.join(''), () => resolve()));
  await Promise.race([written, delay(1000)]);
  proc.exit(exitCode);
}

function explain(error: unknown): { text: string; exitCode: number } {
  if (!(error instanceof Error)) return { text: `failed to start: ${String(error)}`, exitCode: 1 };
  if ('exitCode' in error && typeof error.exitCode === 'number')
    return { text: error.message, exitCode: error.exitCode };
  return { text: listenFailure(error) ?? error.stack ?? error.message, exitCode: 1 };
}

function listenFailure(error: Error): string | undefined {
  if (!('syscall' in error && error.syscall === 'listen' && 'code' in error && 'port' in error)) return undefined;
  const where = `port ${String(error.port)}${'address' in error ? ` on ${String(error.address)}` : ''}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use. Stop the process that holds it, or set PORT to another port.`;
    case 'EACCES':
      return `${where} may not be used by this user. Set PORT to 1024 or more.`;
    case 'EADDRNOTAVAIL':
      return `${where} is not an address of this machine. Set HOST to one that is, such as 127.0.0.1.`;
    default:
      return undefined;
  }
}
