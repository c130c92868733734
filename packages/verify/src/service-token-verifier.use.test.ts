import { describe, expect, it } from '@jest/globals';
import { outcomeLater } from '../test/outcome.ts';
import { bytes, openDoor, quoteCall, quoteContent, setUpServiceCalls } from '../test/service-calls.ts';
import { AuthError } from './auth-error.ts';
import { createSingleUseStore } from './single-use-store.ts';

const setUp = setUpServiceCalls();
const { arriving, clock, kid, noteCall, outcome, quoteClaims, forged, userToken, verifier, verifierWith } = setUp;

/** A verifier with an empty store of its own. */
function withStore(capacity = 10) {
  const singleUse = createSingleUseStore({ capacity, now: clock.now });
  return { singleUse, own: verifierWith({ singleUse }) };
}

describe('the single use of a service token', () => {
  it('is enforced: the second use is rejected', async () => {
    const incoming = arriving(quoteCall);
    expect(await outcome(incoming, quoteContent)).toBe('accepted');
    expect(await outcome(incoming, quoteContent)).toBe('invalid_service_token: replayed');
    expect(await outcome(arriving(quoteCall), quoteContent)).toBe('accepted');
  });

  it('is granted to one of twenty parallel requests', async () => {
    const { own } = withStore();
    const incoming = arriving(quoteCall);
    const outcomes = await Promise.all([...Array(20)].map(() => outcome(incoming, quoteContent, own)));
    expect(outcomes.filter((result) => result === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((result) => result === 'invalid_service_token: replayed')).toHaveLength(19);
  });

  it('holds until the last second of the token', async () => {
    const { own } = withStore();
    const incoming = arriving(quoteCall);
    expect(await outcome(incoming, quoteContent, own)).toBe('accepted');
    clock.advance(19);
    expect(await outcome(incoming, quoteContent, own)).toBe('invalid_service_token: replayed');
    clock.advance(1);
    expect(await outcome(incoming, quoteContent, own)).toBe('invalid_service_token: expired');
    clock.advance(-20);
  });

  it('ends when the content arrives after the token has expired, since a slow body could use it twice', async () => {
    const { own, singleUse } = withStore();
    const incoming = arriving(quoteCall);
    const slow = [own.verify(incoming), own.verify(incoming)];
    clock.advance(20);
    for (const pending of slow) {
      expect(await outcomeLater(() => pending.accept(quoteContent))).toBe('invalid_service_token: expired');
    }
    expect(singleUse.size).toBe(0);
    clock.advance(-20);
  });

  it('is counted per key: two keys may issue the same id', async () => {
    const recorded: string[] = [];
    const singleUse = {
      use(id: string) {
        recorded.push(id);
        return 'recorded' as const;
      },
    };
    const claims = quoteClaims();
    const incoming = arriving(quoteCall, { serviceToken: forged(claims) });
    expect(await outcome(incoming, quoteContent, verifierWith({ singleUse }))).toBe('accepted');
    expect(recorded).toEqual([`${kid}|${claims['jti']}`]);
  });

  it('is recorded until the token would be rejected anyway, skew included', async () => {
    const until: number[] = [];
    const singleUse = {
      use(_id: string, expiresAt: number) {
        until.push(expiresAt);
        return 'recorded' as const;
      },
    };
    await outcome(arriving(quoteCall), quoteContent, verifierWith({ singleUse, clockToleranceSeconds: 7 }));
    // And one second more, for a store whose clock has moved on.
    expect(until).toEqual([clock.now() + 15 + 7 + 1]);
  });

  it.each([
    ['answers later', async () => 'recorded' as const, 'accepted'],
    ['has seen it, and answers later', async () => 'replayed' as const, 'invalid_service_token: replayed'],
    ['is full', () => 'full' as const, 'unavailable: store_full'],
    ['answers nonsense', () => 'ok' as 'recorded', 'unavailable: store_full'],
    ['answers nothing', () => undefined as unknown as 'recorded', 'unavailable: store_full'],
    ['fails', () => Promise.reject(new Error('connection lost')), 'unavailable: store_failed'],
    [
      'fails at once',
      () => {
        throw new Error('connection lost');
      },
      'unavailable: store_failed',
    ],
  ] as [string, () => 'recorded', string][])('with a store that %s ends: %s', async (_case, use, expected) => {
    expect(await outcome(arriving(quoteCall), quoteContent, verifierWith({ singleUse: { use } }))).toBe(
      typeof expected === 'string' ? expected : '',
    );
  });

  it('keeps the cause of a store failure, for the log', async () => {
    const cause = new Error('connection lost');
    const own = verifierWith({ singleUse: { use: () => Promise.reject(cause) } });
    await expect(own.verify(arriving(quoteCall)).accept(quoteContent)).rejects.toMatchObject({
      cause,
      call: { caller: 'order' },
    });
  });

  it('is rejected when the store is full, and no live id is dropped', async () => {
    const { own } = withStore(1);
    const first = arriving(quoteCall);
    expect(await outcome(first, quoteContent, own)).toBe('accepted');
    expect(await outcome(arriving(quoteCall), quoteContent, own)).toBe('unavailable: store_full');
    expect(await outcome(first, quoteContent, own)).toBe('invalid_service_token: replayed');
  });
});

describe('a rejected call', () => {
  it.each([
    ['of another method', () => arriving(quoteCall, { method: 'PUT' }), quoteContent],
    ['to another target', () => arriving(quoteCall, { target: '/internal/other' }), quoteContent],
    ['with other content', () => arriving(quoteCall), bytes('{}')],
    [
      'with a forged signature',
      () => arriving(quoteCall, { serviceToken: forged(quoteClaims(), {}, 'x') }),
      quoteContent,
    ],
    ['of a caller that is not listed', () => ({ ...arriving(quoteCall), operation: openDoor }), quoteContent],
    ['with a user who is not expected', () => arriving({ ...quoteCall, accessToken: userToken() }), quoteContent],
    ['with a user whose token has expired', () => arriving(noteCall(userToken({ iat: 1, exp: 2 }))), bytes('')],
    ['with another user', () => arriving(noteCall(userToken()), { accessToken: userToken() }), bytes('')],
  ])('%s is not recorded', async (_case, incoming, content) => {
    const { own, singleUse } = withStore();
    expect(await outcome(incoming(), content, own)).not.toBe('accepted');
    expect(singleUse.size).toBe(0);
  });

  it('leaves the token usable for its own request', async () => {
    const { own, singleUse } = withStore();
    const incoming = arriving(quoteCall);
    expect(await outcome({ ...incoming, target: '/internal/other' }, quoteContent, own)).toContain('target');
    expect(await outcome(incoming, bytes('{}'), own)).toContain('content_binding');
    expect(await outcome(incoming, quoteContent, own)).toBe('accepted');
    expect(singleUse.size).toBe(1);
  });

  it('names the caller once it is authenticated, and not before', async () => {
    const refused = (check: () => unknown) =>
      Promise.resolve()
        .then(check)
        .then(String, (error: unknown) => error);
    const known = await Promise.all([
      refused(() => verifier.verify({ ...arriving(quoteCall), operation: openDoor })),
      refused(() => verifier.verify(arriving(quoteCall, { method: 'PUT' }))),
      refused(() => verifier.verify(arriving(quoteCall)).accept(bytes('{}'))),
    ]);
    for (const error of known) {
      if (!(error instanceof AuthError)) throw error;
      expect(error.call).toEqual({ caller: 'order', kid, jti: expect.stringMatching(/^[\w-]{22}$/) });
    }
    const unknown = await refused(() =>
      verifier.verify(arriving(quoteCall, { serviceToken: forged(quoteClaims(), {}, 'x') })),
    );
    expect(unknown).toMatchObject({ code: 'invalid_service_token', reason: 'signature', call: undefined });
  });
});

describe('a fault of the service itself', () => {
  it('is not a refusal: its error is thrown unchanged', async () => {
    const fault = new Error('the revocation list is gone');
    const accessTokens = {
      verify: () => {
        throw fault;
      },
    };
    expect(() => verifierWith({ accessTokens }).verify(arriving(noteCall(userToken())))).toThrow(fault);

    const times = [clock.now(), Number.NaN];
    const stopped = verifierWith({ now: () => times.shift() ?? Number.NaN }).verify(arriving(quoteCall));
    await expect(stopped.accept(quoteContent)).rejects.toThrow('the clock must return seconds since 1970');
  });
});
