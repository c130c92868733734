import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one service has counted: labels of the metric and the count. */
export type Counted = readonly (readonly [labels: string, count: number])[];

/** The text at `/metrics` of a service. */
export function metricsText(service: string, counted: Counted): string {
  return [
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds{service="${service}"} 1`,
    '# TYPE auth_service_calls_total counter',
    ...counted.map(([labels, count]) => `auth_service_calls_total{${labels},service="${service}"} ${count}`),
    '',
  ].join('\n');
}

/** A running admin port. */
export interface MetricsServer {
  readonly url: string;
  /** What `/metrics` says from now on. */
  say(text: string): void;
  close(): Promise<void>;
}

/** Serves metrics on a free port; `answer` in the place of a good answer. */
export async function serveMetrics(text: string, answer?: RequestListener): Promise<MetricsServer> {
  let current = text;
  const good: RequestListener = (req, res) => {
    res.statusCode = req.url === '/metrics' ? 200 : 404;
    res.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end(current);
  };
  const server = createServer(answer ?? good).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    say(next) {
      current = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
