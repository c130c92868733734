import { connect } from 'node:net';

/** A request that every server refuses on any route. */
export interface RawRefusal {
  readonly given: string;
  /** As sent, in latin1. */
  readonly bytes: string;
  readonly status: number;
  readonly code: string;
}

/** A request that follows each refused one directly, and must be neither served nor answered. */
const behind = 'GET /behind HTTP/1.1\r\nHost: a\r\n\r\n';

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const post = (...lines: string[]) => head('POST /livez HTTP/1.1', 'Host: a', ...lines);
const get = (target: string, ...lines: string[]) => head(`GET ${target} HTTP/1.1`, 'Host: a', ...lines);
const chunked = 'Transfer-Encoding: chunked';

const bad = { status: 400, code: 'invalid_request' };
const notImplemented = { status: 501, code: 'not_implemented' };
const version = { status: 505, code: 'version_not_supported' };
const tooLarge = { status: 431, code: 'headers_too_large' };
const expectation = { status: 417, code: 'expectation_failed' };

/** Refused requests. Each is answered with a problem, a log line and a count, and its connection is closed (RFC 9112, RFC 9110). */
export const rawRefusals: readonly RawRefusal[] = [
  // Framing: RFC 9112 §6.
  { given: 'Transfer-Encoding: identity', bytes: post('Transfer-Encoding: identity'), ...notImplemented },
  { given: 'an unknown Transfer-Encoding', bytes: post('Transfer-Encoding: x'), ...notImplemented },
  { given: 'gzip before chunked', bytes: `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`, ...notImplemented },
  { given: 'a parameter of chunked', bytes: `${post('Transfer-Encoding: chunked;q=1')}0\r\n\r\n`, ...notImplemented },
  { given: 'chunked that is not last', bytes: `${post('Transfer-Encoding: chunked, gzip')}0\r\n\r\n`, ...bad },
  { given: 'chunked twice', bytes: `${post(chunked, chunked)}0\r\n\r\n`, ...bad },
  { given: 'an empty Transfer-Encoding', bytes: post('Transfer-Encoding:'), ...bad },
  { given: 'an empty Transfer-Encoding and a length', bytes: post('Transfer-Encoding:', 'Content-Length: 2'), ...bad },
  { given: 'chunked and then a length', bytes: `${post(chunked, 'Content-Length: 5')}0\r\n\r\n`, ...bad },
  { given: 'a length and then chunked', bytes: `${post('Content-Length: 5', chunked)}0\r\n\r\n`, ...bad },
  { given: 'Transfer-Encoding in HTTP/1.0', bytes: `${head('POST /livez HTTP/1.0', chunked)}0\r\n\r\n`, ...bad },
  {
    given: 'Transfer-Encoding in HTTP/1.0 that wants to be kept',
    bytes: `${head('POST /livez HTTP/1.0', 'Connection: keep-alive', chunked)}0\r\n\r\n`,
    ...bad,
  },
  { given: 'two lengths', bytes: `${post('Content-Length: 2', 'Content-Length: 3')}ab`, ...bad },
  { given: 'two equal lengths', bytes: `${post('Content-Length: 2', 'Content-Length: 2')}ab`, ...bad },
  { given: 'a list of lengths', bytes: `${post('Content-Length: 2, 2')}ab`, ...bad },
  { given: 'a negative length', bytes: post('Content-Length: -1'), ...bad },
  { given: 'an empty length', bytes: post('Content-Length:'), ...bad },
  { given: 'a length that is too great for a number', bytes: post(`Content-Length: ${'9'.repeat(30)}`), ...bad },

  // Host: RFC 9112 §3.2.
  { given: 'no Host', bytes: head('GET /livez HTTP/1.1'), ...bad },
  { given: 'two Host lines', bytes: get('/livez', 'Host: b'), ...bad },
  { given: 'two equal Host lines', bytes: get('/livez', 'host: a'), ...bad },
  { given: 'two Host lines in HTTP/1.0', bytes: head('GET /livez HTTP/1.0', 'Host: a', 'Host: b'), ...bad },
  ...['', 'a, b', 'a b', 'a/b', 'http://a', 'user@a', '[::1', '[zz]', 'a:b', 'a:99999', '%', 'a\\b', 'a?b', '\xe9'].map(
    (value) => ({
      given: `Host: ${value}`,
      bytes: head('GET /livez HTTP/1.1', `Host: ${value}`),
      ...bad,
    }),
  ),

  // Request target: RFC 9112 §3.
  ...['http://[', 'http://a:99999999/', 'http://%/', 'http://', 'http:///livez', 'ftp://a/livez', 'http://u:p@a/'].map(
    (target) => ({ given: `the target ${target}`, bytes: get(target), ...bad }),
  ),
  { given: 'a target of another host', bytes: get('http://b/livez'), ...bad },
  { given: 'a target on another port', bytes: get('http://a:81/livez'), ...bad },
  { given: 'a target with a fragment', bytes: get('/livez#x'), ...bad },
  { given: 'a target that is not ASCII', bytes: get('/livez?q=\xe9'), ...bad },
  { given: 'a target with a space', bytes: get('/livez x'), ...bad },
  { given: 'a target with a control character', bytes: get('/livez\x01'), ...bad },
  { given: 'a target without a slash', bytes: get('livez'), ...bad },
  { given: 'an authority as the target', bytes: get('a:80'), ...bad },
  { given: 'GET *', bytes: get('*'), ...bad },
  { given: 'OPTIONS *', bytes: head('OPTIONS * HTTP/1.1', 'Host: a'), ...bad },
  { given: 'CONNECT', bytes: head('CONNECT a:80 HTTP/1.1', 'Host: a:80'), ...notImplemented },
  { given: 'a target of 20 kB', bytes: get(`/${'x'.repeat(20_000)}`), ...tooLarge },

  // Start line, versions and other protocols.
  { given: 'a method that Node does not know', bytes: head('FOO /livez HTTP/1.1', 'Host: a'), ...bad },
  { given: 'a method in lower case', bytes: head('get /livez HTTP/1.1', 'Host: a'), ...bad },
  { given: 'HTTP/0.9 by name', bytes: head('GET /livez HTTP/0.9', 'Host: a'), ...version },
  { given: 'HTTP/1.2', bytes: head('GET /livez HTTP/1.2', 'Host: a'), ...bad },
  { given: 'HTTP/2.0 by name', bytes: head('GET /livez HTTP/2.0', 'Host: a'), ...version },
  { given: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ...version },
  { given: 'a TLS handshake', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', ...bad },
  { given: 'SSH', bytes: 'SSH-2.0-OpenSSH_9.2\r\n', ...bad },

  // Field lines: RFC 9112 §5.
  { given: 'a space before the colon', bytes: head('GET /livez HTTP/1.1', 'Host : a'), ...bad },
  { given: 'a folded line', bytes: get('/livez', 'X-A: b\r\n c'), ...bad },
  { given: 'a line that begins with a space', bytes: head('GET /livez HTTP/1.1', ' X-A: b', 'Host: a'), ...bad },
  { given: 'bare line feeds', bytes: 'GET /livez HTTP/1.1\nHost: a\n\n', ...bad },
  { given: 'one bare line feed', bytes: get('/livez', 'X-A: b\nX-B: c'), ...bad },
  { given: 'a bare carriage return', bytes: get('/livez', 'X-A: b\rX-B: c'), ...bad },
  { given: 'a NUL in a value', bytes: get('/livez', 'X-A: b\0c'), ...bad },
  { given: 'a field without a name', bytes: get('/livez', ': b'), ...bad },
  { given: 'a line without a colon', bytes: get('/livez', 'nonsense'), ...bad },
  { given: '20 kB of headers', bytes: get('/livez', `X-A: ${'x'.repeat(20_000)}`), ...tooLarge },
  {
    given: '20 kB of headers in many lines',
    bytes: get('/livez', ...Array<string>(200).fill(`X-A: ${'x'.repeat(100)}`)),
    ...tooLarge,
  },

  // Fields with a single value: RFC 9110 §5.3.
  {
    given: 'two Authorization lines',
    bytes: get('/livez', 'Authorization: Bearer a', 'Authorization: Bearer b'),
    ...bad,
  },
  {
    given: 'two Content-Type lines',
    bytes: post('Content-Type: application/json', 'content-type: text/plain'),
    ...bad,
  },
  { given: 'two Origin lines', bytes: get('/livez', 'Origin: http://a', 'Origin: http://b'), ...bad },

  // Expect: RFC 9110 §10.1.1.
  { given: 'an unknown expectation', bytes: post('Expect: x', 'Content-Length: 0'), ...expectation },
  { given: '100-continue among others', bytes: post('Expect: x, 100-continue', 'Content-Length: 0'), ...expectation },
  { given: 'an empty expectation', bytes: post('Expect:', 'Content-Length: 0'), ...expectation },
];

/** Unusual but valid requests: each is answered 200 by `GET /livez`, or with the given status. */
export const rawAccepted: readonly { readonly given: string; readonly bytes: string; readonly status: number }[] = [
  ...[
    'localhost',
    'a:',
    'a:0',
    '127.0.0.1:4000',
    '[::1]:4000',
    'a_b.internal',
    'A-B.example.',
    'xn--e1afmkfd.xn--p1ai',
  ].map((value) => ({ given: `Host: ${value}`, bytes: head('GET /livez HTTP/1.1', `Host: ${value}`), status: 200 })),
  { given: 'HTTP/1.0 without Host', bytes: head('GET /livez HTTP/1.0'), status: 200 },
  { given: 'empty lines in front', bytes: `\r\n\r\n${get('/livez')}`, status: 200 },
  {
    given: 'an upgrade that is not taken up',
    bytes: get('/livez', 'Connection: Upgrade', 'Upgrade: h2c'),
    status: 200,
  },
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', '__defineGetter__'].map((name) => ({
    given: `a field called ${name}`,
    bytes: get('/livez', `${name}: x`, `${name}: y`, 'X-Request-Id: a', 'traceparent: x'),
    status: 200,
  })),
  { given: 'chunked in capitals', bytes: `${post('Transfer-Encoding:\tCHUNKED')}0\r\n\r\n`, status: 405 },
];

/**
 * Sends bytes to a port of this machine, and reads until the server closes the connection or is silent for `silenceMs`.
 * In the second case `closed` is false.
 */
export async function sendRawRequest(
  port: number,
  bytes: string,
  { silenceMs = 3000 } = {},
): Promise<{ readonly text: string; readonly closed: boolean }> {
  const socket = connect(port, '127.0.0.1');
  let [text, closed] = ['', true];
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => undefined);
  socket.setTimeout(silenceMs, () => {
    closed = false;
    socket.destroy();
  });
  socket.write(bytes, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return { text, closed };
}

/** The answer of a server to refused bytes that are followed by another request. */
export async function refusedRequest(port: number, { bytes }: RawRefusal) {
  const { text, closed } = await sendRawRequest(port, bytes + behind);
  const [answerHead = '', body = ''] = text.split('\r\n\r\n');
  return {
    closed,
    answers: [...text.matchAll(/HTTP\/1\.1 \d{3} /g)].length,
    status: Number(answerHead.split(' ')[1]),
    type: /^content-type: (.*)$/im.exec(answerHead)?.[1],
    connection: /^connection: (.*)$/im.exec(answerHead)?.[1],
    requestId: /^x-request-id: (.*)$/im.exec(answerHead)?.[1],
    problem: JSON.parse(body || '{}'),
  };
}
