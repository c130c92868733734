import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { findLaunchers, watchLaunchers } from './ancestors.ts';
import type { ProcessInfo } from './processes.ts';

/** Creates a chain of processes, the nearest first: 100, 101, … */
const chain = (...commands: string[]) => {
  const infos = commands.map((command, index): ProcessInfo => ({ command, parentPid: 101 + index, startedAt: '' }));
  return findLaunchers(100, (pid) => infos[pid - 100]);
};

describe('findLaunchers', () => {
  it('finds the processes between npx and this one, but not the shell of the developer', () => {
    expect(
      chain('sh -c node a && node b', '/x/@pnpm/exe/pnpm dev', 'sh -c pnpm dev', 'npm exec pnpm dev', '-zsh'),
    ).toEqual([100, 101, 102, 103]);
  });

  it('finds pnpm as a script of node', () => {
    expect(chain('/usr/bin/node /x/pnpm/bin/pnpm.cjs dev', 'bash')).toEqual([100]);
  });

  it('leaves out a script that started npx and may end before this process', () => {
    expect(chain('npm exec pnpm dev', 'sh -c npx -y pnpm dev & wait-for-it')).toEqual([100]);
  });

  it('finds a shell that only runs this process', () => {
    expect(chain('sh -c node dev.ts; echo done', 'sshd')).toEqual([100]);
  });

  it.each(['node /home/ada/pnpm/tests/run.js', 'node --import tsx jest.js', 'vim pnpm-lock.yaml'])(
    'does not take %j for a launcher',
    (command) => {
      expect(chain(command)).toEqual([]);
    },
  );
});

describe('watchLaunchers', () => {
  it('reports which parent was killed', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const sleeper = Number(String(await once(createInterface({ input: parent.stdout }), 'line')));
    const pid = parent.pid ?? 0;
    expect(findLaunchers(pid)).toContain(pid);
    const gone = new Promise<number>((resolve) => watchLaunchers([process.pid, pid], resolve, { everyMs: 10 }));
    parent.kill('SIGKILL');
    // Keeps Jest running: neither the child process nor an unrefed timer does.
    const hold = setInterval(() => undefined, 1000);
    expect(await gone).toBe(pid);
    clearInterval(hold);
    process.kill(sleeper, 'SIGKILL');
  });
});
