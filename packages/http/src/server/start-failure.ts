import { setTimeout as delay } from 'node:timers/promises';
import { redactText } from '../log/redact.ts';

/**
 * Reports on stderr why a service did not start, and exits. An error with a numeric `exitCode` (`ConfigError`, an
 * invalid key document) and an unusable port are for the operator to fix: no stack. Other errors: stack, exit 1.
 */
export async function reportStartFailure(proc: NodeJS.Process, name: string, error: unknown): Promise<void> {
  const { text, exitCode } = explain(error);
  const lines = redactText(text)
    .split('\n')
    .map((line) => `${name}: ${line}\n`);
  // A pipe is written asynchronously: exiting earlier would lose the message. A reader that does not read gets 1 s.
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
    return `${hostSetting} names ${String(error.hostname)}, which is not an address of this machine. Set it to one, such as 127.0.0.1.`;
  }
  if (error.syscall !== 'listen') return undefined;
  // For port 0, Node names no port.
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
      return `${where} is not an address of this machine. Set ${hostSetting} to one, such as 127.0.0.1.`;
    default:
      return undefined;
  }
}

/** Returns the names of the settings for port and host. */
function settingsOf(error: Error): readonly unknown[] {
  return 'settings' in error && Array.isArray(error.settings) ? error.settings : ['PORT', 'HOST'];
}
