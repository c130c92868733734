import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';

/** A child process that answers messages, one at a time. It ends with this process. */
export interface Child {
  readonly pid: number;
  /** @throws Error when the child answers `{ error }` or ends */
  ask<Answer extends object>(message: object): Promise<Answer>;
  close(): Promise<void>;
}

/** `execArgv` for a program in TypeScript. */
export const typeScript = ['--import', 'tsx', '--conditions=@auth/source'];

/**
 * Starts a program in its own folder, with `NODE_ENV=production` and `env`. Pending answers are rejected when the signal
 * fires.
 */
export function startChild(
  file: string,
  execArgv: readonly string[],
  signal?: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = fork(file, {
    cwd: dirname(file),
    execArgv: [...execArgv],
    detached: true,
    // Answers hold thousands of numbers.
    serialization: 'advanced',
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  });
  if (child.pid === undefined) throw new Error(`${file} does not start`);
  const exited = once(child, 'exit');
  const ended = exited.then(() => Promise.reject(new Error(`${file} ended`)));
  ended.catch(() => undefined);
  return {
    pid: child.pid,
    async ask<Answer extends object>(message: object) {
      const answered = once(child, 'message', { ...(signal && { signal }) });
      child.send(message);
      const [answer] = (await Promise.race([answered, ended])) as [Answer | { readonly error: string }];
      if ('error' in answer) throw new Error(`${file}: ${answer.error}`);
      return answer;
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
