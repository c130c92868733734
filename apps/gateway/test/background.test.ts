import { describe, expect, it } from '@jest/globals';
import { workInBackground } from '../src/sessions/background.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, life, type Surroundings, useGateway } from './harness.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));

/** Runs a number of rounds. Returns the errors. */
async function work(rounds: number, databaseNow = around.now): Promise<unknown[]> {
  const stop = new AbortController();
  const errors: unknown[] = [];
  const { sessions, renewal } = gateway;
  const store = { ...gateway.backgroundStore, now: async () => databaseNow() };
  await workInBackground(
    {
      store,
      life,
      notify: sessions.notify,
      resume: renewal.resume,
      drop: sessions.drop,
      now: around.now,
      hasEnded: (sid) => around.revoked.has(sid),
      onError: (error) => errors.push(error),
    },
    {
      signal: stop.signal,
      async wait() {
        rounds -= 1;
        if (rounds === 0) stop.abort();
      },
    },
  );
  return errors;
}

async function loggedIn(): Promise<Browser & { sid: string }> {
  const browser = openBrowser(gateway.server);
  const { body } = await browser.logIn(around.userApp);
  const { sid } = await gateway.db.client.session.findUniqueOrThrow({ where: { id: body.id } });
  return Object.assign(browser, { sid });
}

describe('the background work', () => {
  it('ends idle sessions here and at the user app, removes them, and keeps the others', async () => {
    const idle = await loggedIn();
    around.advance(life.idleSeconds - 60);
    const other = await loggedIn();
    around.advance(61);
    expect(await work(1)).toEqual([]);
    around.advance(10);
    expect(await work(1)).toEqual([]);
    expect(around.userApp.loggedOut).toEqual(new Set([idle.sid]));
    expect(await gateway.db.client.session.count()).toBe(1);
    expect((await other.send('get', '/session')).status).toBe(200);
  });

  it('ends and removes no session while its clock is fast', async () => {
    const [browser, ended] = [await loggedIn(), await loggedIn()];
    await around.userApp.stop();
    await ended.send('delete', '/session');
    const before = around.now();
    around.advance(8 * 86_400);
    await work(1, () => before);
    const left = await gateway.db.client.session.findMany({ select: { sid: true, endedAt: true } });
    const find = (sid: string) => left.find((row) => row.sid === sid);
    expect([find(browser.sid)?.endedAt, find(ended.sid)?.endedAt]).toEqual([null, expect.any(Date)]);
    await around.userApp.start();
  });

  it('reads the clock of the database', async () => {
    expect(Math.abs((await gateway.backgroundStore.now()) - Date.now() / 1000)).toBeLessThan(3600);
  });

  it('notifies the user app of a logout as soon as it is back', async () => {
    const browser = await loggedIn();
    await around.userApp.stop();
    await browser.send('delete', '/session');
    around.advance(10);
    expect(await work(1)).toHaveLength(1);
    await around.userApp.start();
    expect(await work(1)).toEqual([]);
    expect(around.userApp.loggedOut).toContain(browser.sid);
  });

  it('ends the sessions that ended at the user app without a request, and no others', async () => {
    const [ended, other] = [await loggedIn(), await loggedIn()];
    around.revoked.add(ended.sid);
    expect(await work(1)).toEqual([]);
    around.revoked.clear();
    const left = await gateway.db.client.session.findMany({ select: { sid: true } });
    expect(left.map(({ sid }) => sid)).toContain(other.sid);
    expect(left.map(({ sid }) => sid)).not.toContain(ended.sid);
    expect((await ended.send('get', '/session')).status).toBe(401);
    expect((await other.send('get', '/session')).status).toBe(200);
  });

  it('removes an ended session after a week although the user app was down', async () => {
    const browser = await loggedIn();
    await around.userApp.stop();
    await browser.send('delete', '/session');
    around.advance(8 * 86_400);
    await work(1);
    await around.userApp.start();
    expect(await gateway.db.client.session.count({ where: { sid: browser.sid } })).toBe(0);
  });
});
