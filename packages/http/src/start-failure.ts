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
  if (!('syscall' in error && 'code' in error)) return undefined;
  const [portSetting, hostSetting] = settingsOf(error);
  if (error.syscall === 'getaddrinfo' && 'hostname' in error) {
    return `${hostSetting} names ${String(error.hostname)}, which is no address of this machine. Set it to one that is, such as 127.0.0.1.`;
  }
  if (error.syscall !== 'listen') return undefined;
  // Node names no port when any would do.
  const port = 'port' in error ? `port ${String(error.port)} on ` : '';
  const where = `${port}${'address' in error ? String(error.address) : 'this machine'}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use. Stop the process that holds it, or set ${portSetting} to another port.`;
    case 'EACCES':
      return `${where} may not be used by this user. Set ${portSetting} to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    // A scoped address without its zone, or a family that the machine does not have.
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return `${where} is not an address of this machine. Set ${hostSetting} to one that is, such as 127.0.0.1.`;
    default:
      return undefined;
  }
}

/** The settings that say where it was to listen. */
function settingsOf(error: Error): readonly unknown[] {
  return 'settings' in error && Array.isArray(error.settings) ? error.settings : ['PORT', 'HOST'];
}
