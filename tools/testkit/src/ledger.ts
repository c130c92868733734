import { expect, it } from '@jest/globals';
import request from 'supertest';
import { type CalledApp, callAttacks, otherCaller } from './call-attacks.ts';
import type { TestedOperation } from './call-refusals.ts';
import { decisionLinesOn, type SentCall, sendCall, type WellMadeCall } from './service-calls.ts';

/** A request, its caller as far as it is known, and its entry in the ledger. */
interface Entry {
  readonly sent: Partial<SentCall>;
  readonly caller?: string;
  readonly code?: string;
  readonly reason?: string;
}

const refusedToken = { code: 'invalid_service_token' };

/** One entry of each kind: allowed, not authenticated, known but not listed, known but refused later. */
const entries: Readonly<Record<string, (call: WellMadeCall, app: CalledApp) => Entry>> = {
  'a good call': ({ signed }) => ({ sent: {}, caller: signed.caller }),
  'a call without a service token': () => ({ sent: { serviceToken: undefined }, ...refusedToken, reason: 'absent' }),
  'a forged call': (call, app) => ({ sent: attack('signature', call, app), ...refusedToken, reason: 'signature' }),
  'a service that is not listed': ({ sign, signed }, app) => {
    const { caller, keys } = otherCaller(app, signed);
    return { sent: { serviceToken: sign({ caller, keys }) }, caller, code: 'caller_not_allowed', reason: 'caller' };
  },
  'a listed service with another body': ({ signed }) => ({
    sent: { content: '{"another":1}' },
    caller: signed.caller,
    ...refusedToken,
    reason: 'content_binding',
  }),
};

/** Tests that each decision on an operation is one log line and one count, without tokens and user ids. */
export function testLedger({ app, makeCall }: TestedOperation): void {
  it.each(Object.entries(entries))('has one line and one count for %s', async (_what, makeEntry) => {
    const call = await makeCall();
    const { sent, ...expected } = makeEntry(call, app());
    const { callee: service, operation } = call.signed;
    const { decision, caller = 'unknown', reason = 'none' } = { decision: decisionOn(expected), ...expected };
    const before = await counts(app());
    const answer = await sendCall(app(), { ...call.sent, ...sent });

    const authenticated = expected.caller !== undefined;
    const lines = decisionLinesOn(app(), answer);
    expect(lines).toEqual([
      {
        level: 'info',
        service,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        requestId: answer.headers['x-request-id'],
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        audit: {
          decision,
          operation: `${service}:${operation}`,
          ...expected,
          ms: expect.any(Number),
          ...(authenticated && { kid: expect.any(String), jti: expect.stringMatching(/^[\w-]{22}$/) }),
          ...(authenticated && call.sent.bearer && reason !== 'caller' && { user: expect.stringMatching(userName) }),
        },
        msg: `${decision} ${caller} -> ${service}:${operation}${expected.reason ? ` (${reason})` : ''}`,
      },
    ]);
    expectNothingMasked(JSON.stringify(lines), { ...call.sent, ...sent });
    const after = await counts(app());
    const labels = { operation: `${service}:${operation}`, caller, decision, reason, service };
    expect(after.get(series(labels))).toBe((before.get(series(labels)) ?? 0) + 1);
    expect(sum(after)).toBe(sum(before) + 1);
  });
}

/** Tests that requests below `/internal` to no operation are in the ledger as well, with an unchanged answer. */
export function testUnmatched({ app }: TestedOperation): void {
  it.each(['/internal/elsewhere', '/internal', '/INTERNAL/elsewhere'])(
    'has one line and one count for a request to %s, which is no operation',
    async (path) => {
      const before = await counts(app());
      const answer = await request(app().server).get(path);
      expect(answer.body).toMatchObject({ status: 404, code: 'not_found' });
      const [line, ...others] = decisionLinesOn(app(), answer);
      expect(line).toMatchObject({ msg: 'deny unknown -> unmatched (not_an_operation)' });
      const refused = { decision: 'deny', operation: 'unmatched', reason: 'not_an_operation' };
      expect(line?.audit).toEqual({ ...refused, ms: expect.any(Number) });
      expect(others).toEqual([]);
      expect(sum(await counts(app()))).toBe(sum(before) + 1);
    },
  );

  it('has no line for a request without a service token', async () => {
    const before = await counts(app());
    const answer = await request(app().server).get('/internals');
    expect(decisionLinesOn(app(), answer)).toEqual([]);
    expect(sum(await counts(app()))).toBe(sum(before));
  });
}

const userName = /^[\w-]{22}$/;

function decisionOn({ reason }: Pick<Entry, 'reason'>): 'allow' | 'deny' {
  return reason === undefined ? 'allow' : 'deny';
}

function attack(reason: string, call: WellMadeCall, app: CalledApp): Partial<SentCall> {
  const found = callAttacks.find(([, why]) => why === reason);
  if (found === undefined) throw new Error(`no attack is refused for its ${reason}`);
  return found[2](call, app);
}

/** Expects lines without secrets, and without masked members, which would mean that a secret was logged. */
function expectNothingMasked(text: string, { serviceToken, bearer }: SentCall): void {
  expect(text).not.toMatch(/\[(?:token|redacted|hash)\]/);
  for (const token of [serviceToken, bearer]) if (token !== undefined) expect(text).not.toContain(token);
  if (bearer !== undefined) expect(text).not.toContain(subjectOf(bearer));
}

function subjectOf(accessToken: string): string {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sub;
}

/** Returns the count of each decision, by its series. */
async function counts(app: CalledApp): Promise<ReadonlyMap<string, number>> {
  const { text } = await app.metrics.render();
  const lines = text.split('\n').filter((line) => line.startsWith('auth_service_calls_total{'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

function series(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `auth_service_calls_total{${pairs.join(',')}}`;
}

function sum(numbers: ReadonlyMap<string, number>): number {
  return [...numbers.values()].reduce((total, number) => total + number, 0);
}
