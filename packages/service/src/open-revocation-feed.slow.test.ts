import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createLog, createMetrics } from '@auth/http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RevocationFeed } from './open-revocation-feed.ts';
import { openRevocationFeed } from './open-revocation-feed.ts';

let dir: string;
let feed: RevocationFeed;
let time: number;
let wake = () => {};
const lines: { level: string; msg: string; reason?: string }[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feed-'));
  time = 1_800_000_000;
  lines.length = 0;
  const destination = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      wake();
      done();
    },
  });
  feed = openRevocationFeed({
    config: { url: pathToFileURL(join(dir, 'feed.log')).href, staleAfterSeconds: 10 },
    ...{ issuer: 'https://auth.example', keys: () => new Map(), onUnknownKid: () => {}, now: () => time },
    log: createLog({ service: 'test', level: 'debug', format: 'json', destination }),
    metrics: createMetrics({ service: 'test' }),
  });
});
afterEach(async () => {
  await feed.close();
  await rm(dir, { recursive: true });
});

const logged = async (isSo: (line: (typeof lines)[number]) => boolean) => {
  while (!lines.some(isSo)) await new Promise<void>((resolve) => (wake = resolve));
};

describe('openRevocationFeed', () => {
  it('warns of a feed that cannot be read only when that lasts, and then says why', async () => {
    await logged(({ msg }) => msg.startsWith('revocation feed cannot be read'));
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
    time += 11;
    await logged(({ msg }) => msg.startsWith('revocation feed stale'));
    const warnings = lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ reason: expect.stringContaining('ENOENT') }]);
  });
});
