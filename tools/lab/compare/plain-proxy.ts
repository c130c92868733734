// A proxy and nothing else, as a process: what the gateway's processor time is measured against.
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import { env } from 'node:process';
import { Pool } from 'undici';

const pool = new Pool(env['UPSTREAM_URL'] ?? '', { connections: 128 });

/** Without those of one connection alone (RFC 9110 §7.6.1). */
function forwarded({ connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, ...headers }: IncomingHttpHeaders) {
  return headers;
}

createServer((req, res) => {
  const { method = 'GET', url: path = '/' } = req;
  const body = method === 'GET' || method === 'HEAD' ? null : req;
  pool
    .stream({ method, path, headers: forwarded(req.headers), body }, ({ statusCode, headers }) =>
      res.writeHead(statusCode, forwarded(headers)),
    )
    .catch(() => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
}).listen(Number(env['PORT']), env['HOST']);
