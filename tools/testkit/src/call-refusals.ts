import { expect, it } from '@jest/globals';
import { type CallAttack, type CalledApp, otherCaller } from './call-attacks.ts';
import { decisionsOn, type SentCall, sendCall, type WellMadeCall } from './service-calls.ts';

/** An operation of an app, under test. */
export interface TestedOperation {
  readonly app: () => CalledApp;
  /** Creates a valid call, a new one each time. */
  readonly makeCall: () => Promise<WellMadeCall>;
  /** The status of the answer: 200, or 403 for an operation without callers. */
  readonly answer: 200 | 403;
}

/** Tests that each attack is refused, is logged with its reason, and does not use the token up. */
export function testCallAttacks({ app, makeCall, answer }: TestedOperation, attacks: readonly CallAttack[]): void {
  it.each(attacks)('answers 400 to %s and logs "%s"', async (_what, reason, attack) => {
    const call = await makeCall();
    const refused = await sendCall(app(), { ...call.sent, ...attack(call, app()) });
    expect(refused.status).toBe(400);
    expect(refused.headers['www-authenticate']).toBeUndefined();
    const decisions = decisionsOn(app(), refused);
    expect(decisions).toMatchObject([{ decision: 'deny', code: 'invalid_service_token', reason }]);
    // The same call without the attack is accepted, so its token was not used up.
    expect((await sendCall(app(), call.sent)).status).toBe(answer);
  });
}

/** Tests that a service token is accepted once. */
export function testSingleUse({ app, makeCall }: TestedOperation): void {
  it('answers 400 to a token that was used before', async () => {
    const { sent } = await makeCall();
    expect((await sendCall(app(), sent)).status).toBe(200);
    const second = await sendCall(app(), sent);
    expect(second.body).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(decisionsOn(app(), second)).toMatchObject([{ decision: 'deny', reason: 'replayed' }]);
  });

  it('accepts one of 20 concurrent uses of a token', async () => {
    const { sent } = await makeCall();
    const answers = await Promise.all(Array.from({ length: 20 }, () => sendCall(app(), sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
  });
}

/** Tests that a known service that is not listed as caller is refused. */
export function testUnlistedCaller({ app, makeCall }: TestedOperation): void {
  it('answers 403 to a known service that is not listed', async () => {
    const { sent, sign, signed } = await makeCall();
    const other = otherCaller(app(), signed);
    const refused = await sendCall(app(), { ...sent, serviceToken: sign(other) });
    expect(refused.body).toMatchObject({ status: 403, code: 'caller_not_allowed' });
    const decisions = decisionsOn(app(), refused);
    expect(decisions).toMatchObject([{ decision: 'deny', caller: other.caller, reason: 'caller' }]);
  });
}

/** Tests that a service token is refused on every route that is not an operation, also with a user's token. */
export function testOtherRoutes(
  { app, makeCall, answer }: TestedOperation,
  routes: readonly (readonly [method: SentCall['method'], path: string])[],
): void {
  it.each(routes)('is refused with 400: %s %s', async (method, path) => {
    const { sent, sign } = await makeCall();
    const bearer = app().issuer.token({ scope: 'account product:read product:write order:read order:write' });
    const refused = await sendCall(app(), { ...sent, method, path, bearer, serviceToken: sign({ path, bearer }) });
    expect(refused.body).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(decisionsOn(app(), refused)).toMatchObject([
      { decision: 'deny', code: 'invalid_service_token', reason: 'not_an_operation', operation: 'unmatched' },
    ]);
    expect((await sendCall(app(), sent)).status).toBe(answer);
  });
}
