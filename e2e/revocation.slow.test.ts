import { setTimeout as delay } from 'node:timers/promises';
import { openUserDb } from '@auth/db/user';
import { ada, mug, type Stack } from '@auth/dev';
import { startTraffic } from '@auth/lab/drill/traffic';
import { hasRedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openTestStack } from './test-stack.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openStack(serviceEnv: Record<string, string>): Promise<Stack> {
  const stack = await openTestStack({ serviceEnv: () => serviceEnv });
  closers.push(stack.close);
  return stack;
}

const post = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Starts a session of Ada, with the function that ends it. */
async function logIn({ urls }: Stack) {
  const { email, password } = ada;
  const login = await post(`${urls.user}/auth/login`, { email, password });
  const { access_token: token, refresh_token } = (await login.json()) as Record<string, string>;
  const { sid } = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());
  const headers = { authorization: `Bearer ${token}` };
  /** Returns the answers of product and order to its access token. */
  const answers = () =>
    Promise.all(
      [`${urls.product}/products/${mug.id}`, `${urls.order}/orders?limit=1`].map(async (url) => {
        const answer = await fetch(url, { headers });
        const { code = 'good' } = (await answer.json()) as { code?: string };
        return code;
      }),
    );
  return { sid: String(sid), answers, logOut: () => post(`${urls.user}/auth/logout`, { refresh_token }) };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(50);
}

const isRevoked = async (session: { answers(): Promise<string[]> }) =>
  (await session.answers()).every((code) => code === 'token_revoked');

describe('revocation', () => {
  it('is not lost when the user app is killed at any moment between a logout and its publication', async () => {
    const stack = await openStack({});
    const db = openUserDb({ url: stack.databaseUrls.user });
    closers.push(db.close);
    const ends: string[] = [];
    for (const killAfterMs of [2, 5, 8, 12, 20, 35]) {
      const session = await logIn(stack);
      expect(await session.answers()).toEqual(['good', 'good']);
      const loggingOut = session.logOut().catch(() => undefined);
      await delay(killAfterMs);
      stack.kill('user', 'SIGKILL');
      await loggingOut;
      await stack.stop('user');
      await stack.start('user');
      // Every service must agree with the database in the end.
      const { endedAt } = await db.client.session.findUniqueOrThrow({ where: { id: session.sid } });
      ends.push(endedAt === null ? 'running' : 'ended');
      if (endedAt === null) await session.logOut();
      await until(() => isRevoked(session));
    }
    expect(ends).toHaveLength(6);
  }, 120_000);

  const isSkipped = skipsWithoutRedis('revocation while Redis is stopped and started under traffic', hasRedisServer());
  (isSkipped ? it.skip : it)(
    'survives Redis stopped and started under traffic: no request fails, nothing is lost',
    async () => {
      let redis = await startRedisServer();
      closers.push(() => redis.stop());
      const stack = await openStack({ REVOCATIONS: redis.url, REVOCATIONS_STALE_SECONDS: '3' });
      const before = await logIn(stack);
      await before.logOut();
      await until(() => isRevoked(before));

      const traffic = await startTraffic({ urls: stack.urls, perSecond: 60, tokenSeconds: 600 });
      const areStale = async (stale: 0 | 1) => {
        const texts = await Promise.all([stack.urls.product, stack.urls.order].map((url) => metricsOf(url)));
        return texts.every((text) => new RegExp(`^revocation_feed_stale\\{.*\\} ${stale}$`, 'm').test(text));
      };
      await until(() => areStale(0));
      const during = await logIn(stack);
      await redis.stop();
      await until(() => areStale(1));
      expect((await during.logOut()).status).toBe(204);
      // Services cannot know the logout yet, and by default a stale feed refuses no token.
      expect(await during.answers()).toEqual(['good', 'good']);
      // Earlier revocations are still known.
      expect(await isRevoked(before)).toBe(true);

      redis = await startRedisServer({ port: redis.port });
      await until(() => isRevoked(during));
      await until(() => areStale(0));
      await traffic.stop();
      expect([...traffic.failures]).toEqual([]);
    },
    120_000,
  );
});

/** Reads the metrics of a service from its admin port, which is its port + 100. */
async function metricsOf(url: string): Promise<string> {
  const { port } = new URL(url);
  return (await fetch(`http://127.0.0.1:${Number(port) + 100}/metrics`)).text();
}
