import { describe, expect, it } from '@jest/globals';
import type { AccountEvent } from '../accounts/account-event.ts';
import { createPasswordChange } from './password-change.ts';

const actor = { userId: 'ada', sid: 's1', issuedAt: 0 };

/** Opens an account. After each verification its stored hash changes to the next of `hashes`. */
function openAccount(hashes: readonly string[]) {
  const events: AccountEvent[] = [];
  let reads = 0;
  const stored: string[] = [];
  const change = createPasswordChange({
    store: {
      async find() {
        reads += 1;
        return hashes[Math.min(reads, hashes.length) - 1];
      },
      async change({ verifiedHash, passwordHash }) {
        if (verifiedHash !== hashes[Math.min(reads, hashes.length - 1)]) return undefined;
        stored.push(passwordHash);
        return { count: 2, sid: undefined };
      },
    },
    passwords: {
      hash: async (text) => `${text}#new`,
      verify: async (text, hash) => hash?.startsWith(`${text}#`) === true,
    },
    audit: (event) => events.push(event),
    now: () => 0,
  });
  const outcome = () =>
    change({ actor, current: 'old', next: 'next' }).then(
      () => 'changed',
      (error: { code: string }) => error.code,
    );
  return { outcome, stored, events };
}

describe('createPasswordChange', () => {
  it('replaces the hash that was verified', async () => {
    const { outcome, stored, events } = openAccount(['old#10']);
    expect(await outcome()).toBe('changed');
    expect(stored).toEqual(['next#new']);
    expect(events).toEqual([{ event: 'password', outcome: 'ok', user: 'ada', sid: 's1', sessions: 2 }]);
  });

  it('verifies again when a concurrent login re-hashed the same password', async () => {
    const { outcome, stored } = openAccount(['old#10', 'old#12']);
    expect(await outcome()).toBe('changed');
    expect(stored).toEqual(['next#new']);
  });

  it('rejects with password_changed, not as a wrong guess, when another password was stored meanwhile', async () => {
    const { outcome, stored, events } = openAccount(['old#10', 'other#12']);
    expect(await outcome()).toBe('password_changed');
    expect(stored).toEqual([]);
    expect(events).toMatchObject([{ event: 'password', outcome: 'failed', reason: 'changed_meanwhile' }]);
  });

  it('rejects with invalid_credentials when the password is wrong', async () => {
    const { outcome, stored } = openAccount(['other#10']);
    expect(await outcome()).toBe('invalid_credentials');
    expect(stored).toEqual([]);
  });

  it('rejects with password_changed when the stored hash changes three times', async () => {
    const { outcome, stored } = openAccount(['old#1', 'old#2', 'old#3', 'old#4']);
    expect(await outcome()).toBe('password_changed');
    expect(stored).toEqual([]);
  });
});
