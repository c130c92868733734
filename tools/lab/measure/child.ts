import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';

/** A program of `tools/neighbours` that answers messages, one at a time. It ends with us. */
export interface Child {
  readonly pid: number;
  /** @throws Error with what it says, when it fails or ends */
  ask<Answer extends object>(message: object): Promise<Answer>;
  close(): Promise<void>;
}

/** The folder of the programs, with packages of its own. */
export const neighboursFolder = join(repositoryRoot, 'tools/neighbours');

/** Starts a program: plain Node, as in production, but for the options that are given to Node. */
export function startChild(file: string, signal: AbortSignal, execArgv: readonly string[] = []): Child {
  const child = fork(join(neighboursFolder, file), {
    ...{ cwd: neighboursFolder, execArgv: [...execArgv], detached: true, serialization: 'advanced' },
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  });
  if (child.pid === undefined) throw new Error(`${file} does not start`);
  const exited = once(child, 'exit');
  const ended = exited.then(() => Promise.reject(new Error(`${file} ended`)));
  ended.catch(() => undefined);
  return {
    pid: child.pid,
    async ask<Answer extends object>(message: object) {
      const answered = once(child, 'message', { signal });
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
