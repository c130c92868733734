import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSessionStore } from '../src/sessions/session-store.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type DatabaseGate, openDatabaseGate } from './database-gate.ts';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';
import { problem } from './user-app.ts';

let around: Surroundings;
let replicas: [Harness, Harness];
let gate: DatabaseGate;
let browser: Browser;

beforeAll(async () => {
  around = await openSurroundings();
  gate = openDatabaseGate(around.url);
});
beforeEach(async () => {
  replicas = [await openHarness(around), await openHarness(around)];
  browser = openBrowser(replicas[0].server);
  await browser.logIn(around.userApp);
});
afterEach(async () => {
  await gate.open();
  around.userApp.answer(undefined);
  around.userApp.hold(Promise.resolve());
  await Promise.all(replicas.map((replica) => replica.close()));
});
afterAll(async () => {
  await gate.close();
  await around.close();
});

async function visit(replica: Harness): Promise<string> {
  const { cookie } = browser;
  const socket = { remoteAddress: '192.0.2.7' };
  const authentication = await replica.authorize({ method: 'GET', headers: { cookie }, socket } as IncomingMessage);
  return authentication.kind === 'session' ? authentication.accessToken : authentication.kind;
}

const refreshes = () => around.userApp.requests.filter(({ path }) => path === '/auth/refresh').length;
const sessionStore = () => createSessionStore(replicas[0].db);
const anyRow = () => replicas[0].db.client.session.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });

/** Makes an exchange on the first replica, and closes the database between the exchange and its answer. */
async function exchangeWithoutDatabase(): Promise<string> {
  around.advance(700);
  const before = refreshes();
  let goOn = () => {};
  around.userApp.hold(new Promise<void>((resolve) => (goOn = resolve)));
  const visited = visit(replicas[0]);
  while (refreshes() === before) await new Promise(setImmediate);
  await gate.shut();
  goOn();
  return visited;
}

async function untilStored(): Promise<void> {
  while (replicas[0].unfinished.size > 0) await new Promise(setImmediate);
}

describe('an exchange of tokens that the user app has made while the database is down', () => {
  it('gives its request the new token, and is stored when the database is back', async () => {
    const accessToken = await exchangeWithoutDatabase();
    expect(accessToken).toContain('.');
    expect(replicas[0].unfinished.size).toBe(1);
    around.advance(15);
    await gate.open();
    await untilStored();
    expect(await visit(replicas[0])).toBe(accessToken);
    expect(await visit(replicas[1])).toBe(accessToken);
    around.advance(700);
    expect(await visit(replicas[1])).not.toBe(accessToken);
    expect(around.userApp.reused).toEqual([]);
  });

  it('is not repeated by another replica after the grace, also when that replica is the first to try', async () => {
    const before = refreshes();
    const accessToken = await exchangeWithoutDatabase();
    // Longer than the grace of the user app.
    around.advance(15);
    await gate.open();
    expect(await visit(replicas[1])).toBe(accessToken);
    expect(refreshes()).toBe(before + 1);
    expect(around.userApp.reused).toEqual([]);
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('is stored by a process that stops, once the database is back', async () => {
    const accessToken = await exchangeWithoutDatabase();
    const stopped = replicas[0].unfinished.close(10_000);
    around.advance(15);
    await gate.open();
    await stopped;
    expect(await visit(replicas[1])).toBe(accessToken);
    expect(around.userApp.reused).toEqual([]);
  });

  it('is reported at the end of a process that cannot store it', async () => {
    await exchangeWithoutDatabase();
    await replicas[0].unfinished.close(1);
    expect(replicas[0].errors().at(-1)).toContain('left undone');
    expect(replicas[0].errors().join()).not.toContain('eyJ');
  });
});

describe('the claim of an exchange', () => {
  it('is granted again while the user app repeats the exchange, and then only after its owner had time to store it', async () => {
    around.advance(700);
    const { claim } = sessionStore();
    const row = await anyRow();
    const hash = Buffer.from(row.hash).toString('base64url');
    const at = around.now();
    const given = async (seconds: number) =>
      (await claim(hash, { at: at + seconds, until: at + seconds + 4 })) !== undefined;
    expect(await given(0)).toBe(true);
    expect(await given(3)).toBe(false);
    expect(await given(4)).toBe(true);
    // First sent 9 s ago. If that exchange was made, a second use would look like theft.
    expect(await given(9)).toBe(false);
    expect(await given(13)).toBe(false);
    expect(await given(14)).toBe(true);
  });

  it('is granted again at any time when the user app has reported that the exchange was not made', async () => {
    around.advance(700);
    const { claim, defer } = sessionStore();
    const row = await anyRow();
    const hash = Buffer.from(row.hash).toString('base64url');
    const at = around.now();
    expect(await claim(hash, { at, until: at + 4 })).toBeDefined();
    await defer(hash, at + 1, { mayBeDone: false });
    expect(await claim(hash, { at: at + 60, until: at + 64 })).toBeDefined();
  });

  it('is not granted early for an access token that is not the one of the row', async () => {
    const { claim } = sessionStore();
    const row = await anyRow();
    const hash = Buffer.from(row.hash).toString('base64url');
    const term = { at: around.now(), until: around.now() + 4 };
    expect(await claim(hash, term)).toBeUndefined();
    expect(await claim(hash, { ...term, refused: new Uint8Array([1, 2, 3]) })).toBeUndefined();
    expect(await claim(hash, { ...term, refused: new Uint8Array(row.accessToken) })).toBeDefined();
  });
});

describe('a login that cannot be stored', () => {
  const login = () => {
    const { email, password } = around.userApp.user;
    return openBrowser(replicas[0].server).send('post', '/session', { email, password });
  };
  const noTrigger = 'DROP TRIGGER IF EXISTS refuse ON sessions';
  const onSessions = (when: string) => `
    CREATE TRIGGER refuse BEFORE ${when} ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`;
  const refusing = `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$`;
  afterEach(() => replicas[0].db.client.$executeRawUnsafe(noTrigger));

  async function refuse(when: string): Promise<void> {
    await replicas[0].db.client.$executeRawUnsafe(refusing);
    await replicas[0].db.client.$executeRawUnsafe(onSessions(when));
  }

  it('is undone at the user app, as soon as the user app can be reached', async () => {
    await refuse('INSERT');
    const before = around.userApp.loggedOut.size;
    around.userApp.answer((res) => problem(res, 503, 'unavailable'), '/auth/logout');
    expect((await login()).status).toBe(500);
    expect(around.userApp.loggedOut.size).toBe(before);
    around.userApp.answer(undefined);
    await untilStored();
    expect(around.userApp.loggedOut.size).toBe(before + 1);
  });

  it('because the previous session cannot be ended leaves nothing behind, and keeps that session', async () => {
    const { client } = replicas[0].db;
    const before = [await client.session.count(), around.userApp.loggedOut.size] as const;
    const { cookie } = browser;
    await refuse('UPDATE OF ended_at');
    const { email, password } = around.userApp.user;
    const answer = await browser.send('post', '/session', { email, password });
    expect(answer.status).toBe(500);
    expect(answer.headers['set-cookie']).toBeUndefined();
    await untilStored();
    expect(await client.session.count()).toBe(before[0]);
    expect(around.userApp.loggedOut.size).toBe(before[1] + 1);
    await client.$executeRawUnsafe(noTrigger);
    expect((await openBrowser(replicas[0].server, { cookie }).send('get', '/session')).status).toBe(200);
  });
});
