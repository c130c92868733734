// A proxy without checks, as a process: the gateway's processor time is compared with it.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { env } from 'node:process';
import { Pool } from 'undici';

const pool = new Pool(env['UPSTREAM_URL'] ?? '', { connections: 128 });

/** Removes hop-by-hop headers (RFC 9110 §7.6.1). */
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
