import { describe, expect, it } from '@jest/globals';
import { createReadiness } from './readiness.ts';

const passes = async () => {};
const fails = async () => {
  throw new Error('down');
};
const never = () => new Promise<void>(() => {});

describe('createReadiness', () => {
  it.each([
    ['nothing to check', {}, []],
    ['all pass', { database: passes, keys: passes }, []],
    ['one fails', { database: fails, keys: passes }, ['database']],
    ['both fail', { database: fails, keys: fails }, ['database', 'keys']],
    [
      'one throws at once',
      {
        database: () => {
          throw new Error('down');
        },
      },
      ['database'],
    ],
  ])('when %s', async (_case, checks, failing) => {
    expect(await createReadiness(checks).check()).toMatchObject({ ready: failing.length === 0, failing });
  });

  it('counts a check without an answer in time as failing, and gives onFailure the reason', async () => {
    const failures: unknown[] = [];
    const onFailure = (name: string, error: unknown) => failures.push([name, String(error)]);
    const readiness = createReadiness({ database: never }, { timeoutMs: 5, onFailure });
    expect(await readiness.check()).toEqual({ ready: false, failing: ['database'], checks: { database: 'failing' } });
    expect(failures).toEqual([['database', 'Error: no answer within 5 ms']]);
  });

  it('calls onFailure once per reason, and onRecovered once', async () => {
    const said: string[] = [];
    let reason: string | undefined = 'no answer';
    const database = async () => {
      if (reason !== undefined) throw new Error(reason);
    };
    const readiness = createReadiness(
      { database, keys: passes },
      {
        onFailure: (name, error) => said.push(`${name}: ${String(error)}`),
        onRecovered: (name) => said.push(`${name} is back`),
      },
    );
    for (const next of ['no answer', 'no answer', 'wrong password', 'wrong password', undefined, undefined]) {
      reason = next;
      await readiness.check();
    }
    expect(said).toEqual(['database: Error: no answer', 'database: Error: wrong password', 'database is back']);
  });

  it('shares one run among concurrent probes, and checks again afterwards', async () => {
    let runs = 0;
    const readiness = createReadiness({
      database: async () => {
        runs += 1;
      },
    });
    await Promise.all([readiness.check(), readiness.check(), readiness.check()]);
    expect(runs).toBe(1);
    await readiness.check();
    expect(runs).toBe(2);
  });

  it('recovers', async () => {
    let up = false;
    const readiness = createReadiness({ database: () => (up ? passes() : fails()) });
    expect((await readiness.check()).ready).toBe(false);
    up = true;
    expect((await readiness.check()).ready).toBe(true);
  });

  it('is not ready while draining, also when all checks pass', async () => {
    const readiness = createReadiness({ database: passes });
    readiness.drain();
    expect(readiness.draining).toBe(true);
    expect(await readiness.check()).toEqual({ ready: false, failing: ['draining'], checks: { draining: 'failing' } });
  });
});
