import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { openFeedReader, openFeedWriter, parseFeedUrl } from '../src/open-feed.ts';
import { closeAfterTests, newFileFeed } from './feed.ts';
import { until } from './until.ts';

const closeAfterTest = closeAfterTests();
const program = fileURLToPath(new URL('./dying-writer.ts', import.meta.url));

/** Starts a process that publishes as fast as it can; `rounds` counts the rounds that it reports. */
function startWriter(path: string, name: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@auth/source', program, path, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const rounds = { done: 0 };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    rounds.done = Number(text.trimEnd().split('\n').at(-1));
  });
  return {
    rounds,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

describe('a feed in a file whose writer is killed', () => {
  it('loses and garbles no published token, however often its writer is killed and replaced', async () => {
    const url = await newFileFeed();
    const place = parseFeedUrl(url);
    const path = place.transport === 'file' ? place.path : '';
    let lines = 0;
    let last = '';
    const torn: string[] = [];
    const reader = openFeedReader(url, {
      async onTokens(tokens) {
        lines += tokens.length;
        last = tokens.at(-1) ?? '';
        torn.push(...tokens.filter((token) => !/^w\d-(?:\d+-\d+-x{500}|kept-\d+)$/.test(token) && token !== 'end'));
      },
      onError: () => undefined,
    });
    closeAfterTest(reader.close);
    const names = ['w1', 'w2', 'w3'];
    for (const name of names) {
      const writer = startWriter(path, name);
      await until(() => writer.rounds.done >= 25, 60_000);
      await writer.kill();
    }
    const writer = await openFeedWriter(url);
    closeAfterTest(writer.close);
    await writer.publish(['end']);
    await until(() => last === 'end', 60_000);
    // At most one unfinished line for each killed writer.
    expect(torn.length).toBeLessThanOrEqual(names.length);
    expect(lines).toBeGreaterThan(200);
  }, 200_000);
});
