import { describe, expect, it } from '@jest/globals';
import { memoryLog } from './memory-log.fixture.ts';

const JWS = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

describe('createLog as JSON', () => {
  it('writes level, time, service and message, and no process or host', () => {
    const { log, lines } = memoryLog();
    log.info({ orderId: 7 }, 'placed');
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'test', orderId: 7, msg: 'placed' },
    ]);
  });

  it('writes nothing below its level', () => {
    const { log, text } = memoryLog({ level: 'warn' });
    log.info('quiet');
    expect(text()).toBe('');
  });

  const secretNames = [
    'authorization',
    'Authorization',
    'proxy-authorization',
    'service-token',
    'Service-Token',
    'cookie',
    'set-cookie',
    'password',
    'newPassword',
    'passwordHash',
    'password_hash',
    'token',
    'access_token',
    'refreshToken',
    'secret',
    'clientSecret',
    'api-key',
    'privateKey',
    'AUTH_KEYS',
    'tokens',
  ];
  it.each(secretNames)('masks members named %s at any depth', (name) => {
    const { log, text } = memoryLog();
    const secret = { [name]: 'hunter2' };
    log.info(secret);
    log.info({ a: { b: { c: { d: { e: [{ f: secret }] } } } } });
    log.info({ headers: { [name]: ['hunter2', 'hunter2'] } });
    log.info({ headers: { [name]: { deeper: 'hunter2' } } });
    log.child(secret).child({ a: secret }).info('bound');
    expect(text()).not.toContain('hunter2');
    expect(text().match(/\[redacted\]/g)).toHaveLength(6);
  });

  it.each([
    ['a token', `refused ${JWS} here`, 'refused [token] here'],
    [
      'the password of a URL',
      'connect postgresql://ada:hunter2@db:5432/x',
      'connect postgresql://ada:[redacted]@db:5432/x',
    ],
    ['a bcrypt hash', `hash $2b$12$${'a'.repeat(53)} found`, 'hash [hash] found'],
  ])('masks %s inside a text', (_case, text, expected) => {
    const { log, lines } = memoryLog();
    log.info({ err: new Error(text) }, text);
    expect(lines()[0]).toMatchObject({ msg: expected, err: { message: expected } });
    expect(JSON.stringify(lines())).not.toContain(text);
  });

  it('keeps members whose names only resemble a secret', () => {
    const { log, lines } = memoryLog();
    const harmless = { code: 'invalid_token', token_type: 'Bearer', next_cursor: 'abc', tokenExpiresIn: 5 };
    log.info(harmless);
    expect(lines()[0]).toMatchObject(harmless);
  });

  it('logs type, message, code, stack and causes of an error, and no other member', () => {
    const { log, lines, text } = memoryLog();
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', address: 'hunter2' });
    log.error({ err: Object.assign(new TypeError('broken', { cause }), { body: 'hunter2' }) });
    expect(lines()[0]).toMatchObject({
      err: { type: 'TypeError', message: 'broken', stack: expect.any(String), cause: { code: 'ECONNREFUSED' } },
    });
    expect(text()).not.toContain('hunter2');
  });

  it('masks a long hostile text in linear time', () => {
    const { log, text } = memoryLog();
    const start = performance.now();
    log.info('eyJ'.repeat(30_000) + '://'.repeat(30_000) + '$2a$10$'.repeat(10_000));
    expect(performance.now() - start).toBeLessThan(500);
    expect(text().length).toBeGreaterThan(200_000);
  });
});

describe('createLog for people', () => {
  it('writes a request as one compact line', () => {
    const { log, text } = memoryLog({ format: 'pretty' });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const request = { method: 'POST', path: '/orders', status: 201, ms: 12, requestId: 'r1', traceId };
    log.info({ ...request, user: 'ada', caller: 'order' }, 'POST /orders 201 12 ms');
    expect(text()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO: POST \/orders 201 12 ms user=ada caller=order trace=4bf92f35\n$/,
    );
  });

  it('names the request id of a refusal', () => {
    const { log, text } = memoryLog({ format: 'pretty' });
    log.info({ requestId: 'r1', code: 'conflict', reason: 'two words' }, 'POST /orders 409 1 ms');
    expect(text()).toContain('409 1 ms code=conflict reason="two words" request=r1\n');
  });

  it('keeps an entry on one line and escapes terminal codes', () => {
    const { log, text } = memoryLog({ format: 'pretty' });
    log.info({ name: 'a\nINFO: forged\u001b[31m' }, 'hello\nINFO: forged\u001b[31m');
    expect(text().trimEnd().split('\n')).toHaveLength(1);
    expect(text()).not.toContain('\u001b');
  });

  it('writes the stack of an error and of its cause below', () => {
    const { log, text } = memoryLog({ format: 'pretty' });
    log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    expect(text()).toMatch(/ERROR: failed\n {4}Error: outer\n {8,}at [\s\S]*\n {4}caused by: Error: inner\n/);
  });

  it('masks secrets as well', () => {
    const { log, text } = memoryLog({ format: 'pretty' });
    log.info({ headers: { authorization: 'Bearer hunter2' } }, `got ${JWS}`);
    expect(text()).toContain('got [token] headers={"authorization":"[redacted]"}');
  });

  it.each([
    ['auto on a terminal', { format: 'auto', isTerminal: true }, true, true],
    ['auto elsewhere', { format: 'auto', isTerminal: false }, false, false],
    ['pretty elsewhere', { format: 'pretty', isTerminal: false }, true, false],
    ['json on a terminal', { format: 'json', isTerminal: true }, false, false],
    ['auto on a terminal without color', { format: 'auto', isTerminal: true, color: false }, true, false],
  ] as const)('%s', (_case, options, forPeople, color) => {
    const { log, text } = memoryLog(options);
    log.info('hello');
    expect([!text().startsWith('{'), text().includes('\u001b[')]).toEqual([forPeople, color]);
  });
});
