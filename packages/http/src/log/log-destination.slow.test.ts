import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const fixture = fileURLToPath(new URL('./log-destination.fixture.ts', import.meta.url));

function start(ending: string) {
  const args = ['--import', 'tsx', '--conditions=@auth/source', fixture, ending];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return { child, ended: once(child, 'exit') };
}

async function messagesOf(ending: string): Promise<string[]> {
  const { child, ended } = start(ending);
  const output = await text(child.stdout);
  await ended;
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).msg);
}

const requests = Array<string>(5).fill('request');

describe('standard output as a log', () => {
  it.each(['idle', 'exit', 'throw'])('has every line of a process that exits by itself: %s', async (ending) => {
    expect(await messagesOf(ending)).toEqual(requests);
  });

  it.each([
    ['warn', 'last words'],
    ['audit', 'login ok'],
  ])('has an urgent line of a killed process, and all lines before it: %s', async (ending, last) => {
    expect(await messagesOf(ending)).toEqual([...requests, last]);
  });

  it('does not end the process when its reader has disconnected', async () => {
    const { child, ended } = start('reader gone');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual([4, null]);
  });
});
