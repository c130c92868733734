import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '@auth/dev';
import type { Load, LoadResult } from '../measure/load.ts';
import type { LoadAnswer } from './load-process.ts';

/** A process that sends requests. It ends with us. */
export interface LoadGenerator {
  /** One load at a time. @throws Error when a request is answered anything but 200, or not at all */
  run(load: Load): Promise<Omit<LoadResult, 'failures'>>;
  close(): void;
}

/** Starts the process. Everything it waits for ends when the signal fires. */
export async function startLoadGenerator(signal: AbortSignal): Promise<LoadGenerator> {
  const child = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), {
    ...{ cwd: repositoryRoot, execArgv: ['--import', 'tsx', '--conditions=@auth/source'], detached: true },
    // Thousands of numbers at a time.
    serialization: 'advanced',
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the load generator ended')));
  ended.catch(() => undefined);
  const nextMessage = async () => {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as unknown;
  };
  await nextMessage();
  return {
    async run(load) {
      const answered = nextMessage();
      child.send(load);
      const answer = (await answered) as LoadAnswer;
      if ('error' in answer) throw new Error(`${load.ask.origin}${load.ask.path}: ${answer.error}`);
      const failures = Object.entries(answer.failures).map(([status, count]) => `${count} x ${status}`);
      if (failures.length > 0) throw new Error(`${load.ask.origin}${load.ask.path} answered ${failures.join(', ')}`);
      return answer;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
