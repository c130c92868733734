import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { jwksAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, oldIssuer, setUpJwks } from '../../test/jwks-setup.ts';

const good = jwksAnswer(oldIssuer.jwks);
const program = fileURLToPath(new URL('../../test/jwks-process.ts', import.meta.url));

let setup: JwksSetup;
afterEach(() => setup.close());

/** Runs a process with a source of keys: returns its output and exit code, `null` if it had to be stopped. */
async function run(mode: 'close' | 'leave'): Promise<[string, number | null]> {
  const args = ['--import', 'tsx', '--conditions=@auth/source', program, setup.server.url, mode];
  const asked = setup.server.nextRequest();
  const child = spawn(execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: 15_000 });
  await asked;
  child.stdin.end();
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [said, code];
}

describe('close of a JWKS source', () => {
  it('aborts a running fetch, without an outcome', async () => {
    setup = await setUpJwks(() => {}, { timeoutMs: 60_000 });
    const request = setup.server.nextRequest();
    const started = setup.source.start();
    await request;
    await setup.source.close();
    await started;
    expect(setup.outcomes).toEqual([]);
  });

  it('leaves nothing that keeps the process alive, also during a fetch', async () => {
    setup = await setUpJwks(() => {});
    expect(await run('close')).toEqual(['closed\n', 0]);
  });

  it('is not needed for a process to exit: no timer keeps it alive', async () => {
    setup = await setUpJwks(good);
    expect(await run('leave')).toEqual(['loaded\n', 0]);
  });

  it('keeps the keys, for requests that are still running', async () => {
    setup = await setUpJwks(good);
    await setup.source.start();
    await setup.source.close();
    expect(setup.outcomeFor(oldIssuer)).toBe('accepted');
  });

  it('is final: nothing is fetched afterwards, and the source cannot be started again', async () => {
    setup = await setUpJwks(good, { freshForSeconds: 1 });
    const other = await setUpJwks(good, { freshForSeconds: 1 });
    await Promise.all([setup.source.start(), other.source.start()]);
    await setup.source.close();
    setup.clock.advance(100);
    setup.source.refreshSoon();
    await expect(setup.source.start()).rejects.toThrow('closed');
    // By then this one would have asked as well.
    await other.nextOutcome();
    await other.close();
    expect(setup.server.requests).toHaveLength(1);
  });

  it('may be called twice, and before the start', async () => {
    setup = await setUpJwks(good);
    await setup.source.close();
    await expect(setup.source.close()).resolves.toBeUndefined();
  });
});
