import { rawAccepted, rawRefusals, refusedRequest, sendRawRequest } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLog } from '../../log/memory-log.fixture.ts';
import { jsonBody } from '../../request/json-body.ts';
import { createApp, finishApp } from '../create-app.ts';
import { type Listening, listen } from '../listen.ts';
import { createMetrics } from '../metrics.ts';
import { openSocket, readAnswer } from '../raw-request.fixture.ts';
import { createReadiness } from '../readiness.ts';

const { log, lines } = memoryLog({ level: 'info' });
const metrics = createMetrics({ service: 'test' });
let server: Listening;
/** The same app with time limits that a test can wait for. */
let hasty: Listening;
let reached: string[] = [];

beforeAll(async () => {
  const readiness = createReadiness({});
  const app = createApp({ log, metrics, readiness });
  app.use((req, _res, next) => {
    reached.push(`${req.method} ${req.url}`);
    next();
  });
  app.post('/things', jsonBody(), (req, res) => {
    res.status(201).json(req.body ?? null);
  });
  app.get('/never', () => undefined);
  finishApp(app, { log, translate: [] });
  const options = { port: 0, host: '127.0.0.1', readiness, drainDelayMs: 0, deadlineMs: 200, log, metrics };
  server = await listen(app, options);
  hasty = await listen(app, { ...options, limits: { headersMs: 300, requestMs: 600 } });
});
afterAll(() => Promise.all([server.drain(), hasty.drain()]));

async function counted(status: number): Promise<number> {
  const { text } = await metrics.render();
  const samples = text.split('\n').filter((line) => line.startsWith('http_requests_total{'));
  return samples
    .filter((line) => line.includes('route="unmatched"') && line.includes(`status="${status}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('a request that breaks a rule of HTTP/1.1', () => {
  it.each(rawRefusals)('is refused with $status: $given', async (refusal) => {
    const { status, code } = refusal;
    const before = await counted(status);
    reached = [];
    const answer = await refusedRequest(server.port, refusal);
    expect(answer).toMatchObject({
      status,
      answers: 1,
      closed: true,
      connection: 'close',
      type: 'application/problem+json',
      problem: { status, code, type: `urn:problem:${code}`, requestId: answer.requestId },
    });
    const written = () => lines().filter(({ requestId }) => requestId === answer.requestId);
    while (written().length === 0) await new Promise(setImmediate);
    expect(written()).toMatchObject([{ level: 'info', status, code, reason: expect.any(String) }]);
    expect(await counted(status)).toBe(before + 1);
    expect(reached).toEqual([]);
  });

  it('is logged without its query and its userinfo', async () => {
    await sendRawRequest(server.port, 'GET http://ada:horse@a/x?token=battery HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(lines().at(-1)).toMatchObject({ path: 'a/x' });
    expect(JSON.stringify(lines())).not.toMatch(/horse|battery/);
  });
});

describe('an unusual but valid request', () => {
  it.each(rawAccepted)('is answered $status: $given', async ({ bytes, status }) => {
    const { text } = await sendRawRequest(server.port, bytes.replace(/(HTTP\/1\.\d\r\n)/, '$1Connection: close\r\n'));
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('may have its host also in the target', async () => {
    const { text } = await sendRawRequest(
      server.port,
      'GET http://A:80/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a body', () => {
  it('with broken framing is answered 400 in place of its handler, with one log line', async () => {
    const socket = await openSocket(server.port);
    const start = ['POST /things HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Transfer-Encoding: chunked'];
    socket.write(`${[...start, 'X-Request-Id: broken-body'].join('\r\n')}\r\n\r\n3\r\n{"a\r\n`);
    socket.write('zz\r\n');
    const { status, body } = await readAnswer(socket);
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'invalid_request', requestId: 'broken-body' }]);
    const written = () => lines().filter(({ requestId }) => requestId === 'broken-body');
    while (written().length === 0) await new Promise(setImmediate);
    expect(written()).toMatchObject([{ method: 'POST', path: '/things', status: 400, code: 'invalid_request' }]);
    expect(written()[0]).not.toHaveProperty('aborted');
  });

  it('that does not arrive in time is answered 408, and the connection is closed', async () => {
    const socket = await openSocket(hasty.port);
    const start = ['POST /things HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Length: 10'];
    socket.write(`${start.join('\r\n')}\r\n\r\n{`);
    const { status, body } = await readAnswer(socket);
    expect([status, JSON.parse(body).code]).toEqual([408, 'request_timeout']);
  });

  it('of a refused request gets no 100 Continue', async () => {
    const lines = ['POST /things HTTP/1.1', 'Host: a', 'Host: b', 'Expect: 100-continue', 'Content-Length: 5'];
    const { text } = await sendRawRequest(server.port, `${lines.join('\r\n')}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('of a valid request gets 100 Continue', async () => {
    const start = ['POST /things HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Length: 2'];
    const { text } = await sendRawRequest(
      server.port,
      `${[...start, 'Expect: 100-continue', 'Connection: close'].join('\r\n')}\r\n\r\n{}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });
});

describe('headers that do not arrive in time', () => {
  it('are answered 408, and the connection is closed', async () => {
    const { text, closed } = await sendRawRequest(hasty.port, 'GET /livez HTTP/1.1\r\nHost: a\r\n');
    expect([text.slice(0, 13), closed]).toEqual(['HTTP/1.1 408 ', true]);
    expect(text).toContain('"code":"request_timeout"');
    expect(lines().at(-1)).toMatchObject({ status: 408, code: 'request_timeout', requestId: expect.any(String) });
  });

  it('are not reported on a connection that was opened in advance', async () => {
    const before = lines().length;
    expect(await sendRawRequest(hasty.port, '')).toEqual({ text: '', closed: true });
    expect(lines()).toHaveLength(before);
  });
});

describe('an unreadable request after others on a connection', () => {
  const livez = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';

  it('is answered after the others, in order', async () => {
    const { text } = await sendRawRequest(server.port, `${livez}${livez}nonsense\r\n\r\n`);
    expect([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['200', '200', '400']);
  });

  it('is never answered in place of another request', async () => {
    const { text, closed } = await sendRawRequest(
      server.port,
      'GET /never HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n',
      { silenceMs: 300 },
    );
    expect([text, closed]).toEqual(['', false]);
  });

  it('is not answered when it is the body of an answered request', async () => {
    const start = ['POST /nothing HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'];
    const socket = await openSocket(server.port);
    socket.write(`${start.join('\r\n')}\r\n\r\n1\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.endsWith('}')) socket.write('nonsense\r\n');
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['404']);
  });
});
