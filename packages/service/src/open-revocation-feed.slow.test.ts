import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createLog, createMetrics } from '@auth/http';
import { signFeedEvent } from '@auth/revocation';
import type { PublicKey } from '@auth/verify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRevocationFeed, type RevocationFeed } from './open-revocation-feed.ts';

const keys = new Map<string, PublicKey>();
let dir: string;
let feed: RevocationFeed;
let time: number;
let metrics: ReturnType<typeof createMetrics>;
let wake = () => {};
const lines: { level: string; msg: string; reason?: string }[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feed-'));
  time = 1_800_000_000;
  lines.length = 0;
  metrics = createMetrics({ service: 'test' });
  const destination = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      wake();
      done();
    },
  });
  feed = openRevocationFeed({
    config: { url: pathToFileURL(join(dir, 'feed.log')).href, staleAfterSeconds: 0.5 },
    issuer: 'https://auth.example',
    keys: () => keys,
    onUnknownKid: () => {},
    now: () => time,
    log: createLog({ service: 'test', level: 'debug', format: 'json', destination }),
    metrics,
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
  it('warns of a feed that cannot be read only when that lasts, with the reason', async () => {
    await logged(({ msg }) => msg.startsWith('revocation feed cannot be read'));
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
    await logged(({ msg }) => msg.startsWith('revocation feed stale'));
    const warnings = lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ reason: expect.stringContaining('ENOENT') }]);
    expect(warnings[0]?.msg).toBe('revocation feed stale: newer revocations are missing here');
  });

  it('logs an error at once for a file that can never be read', async () => {
    await mkdir(join(dir, 'feed.log'));
    await logged(({ reason = '' }) => reason.includes('EISDIR'));
    expect(lines.find(({ reason = '' }) => reason.includes('EISDIR'))?.level).toBe('error');
  });

  it('logs how far the clock of this service was stepped, when the feed is stale because of that', async () => {
    time += 7200;
    await logged(({ msg }) => msg.startsWith('revocation feed stale'));
    expect(lines.find(({ level }) => level === 'warn')?.msg).toMatch(
      /the clock of this service was set by 7(199|200) s/,
    );
  });

  it.each([
    ['before the feed is stale', () => Promise.resolve()],
    ['after the feed is stale', () => logged(({ msg }) => msg.startsWith('revocation feed stale'))],
  ])('reports the difference between the clock and a heartbeat that arrives %s', async (_when, begin) => {
    await begin();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.set('k', { kid: 'k', alg: 'RS256', key: publicKey });
    const signing = { issuer: 'https://auth.example', key: { kid: 'k', alg: 'RS256', key: privateKey } } as const;
    const heartbeat = { kind: 'heartbeat', floor: 1, last: 0, term: 1, beat: 1 } as const;
    const token = signFeedEvent(heartbeat, { ...signing, now: () => time + 300 });
    await writeFile(join(dir, 'feed.log'), `${token}\n`);
    await logged(({ msg }) => msg.includes('was signed 300 s ahead of the clock of this service'));
    expect(feed.stats()).toMatchObject({ clockOffsetSeconds: 300, stale: true });
    expect((await metrics.render()).text).toContain('revocation_clock_offset_seconds{service="test"} 300');
  });
});
