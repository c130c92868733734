import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one service has counted: labels of the metric and the count. */
export type Counted = readonly (readonly [labels: Readonly<Record<string, string>>, count: number])[];

/** The answer to `GET /metrics.json` of a service. */
export function metricsText(service: string, counted: Counted): string {
  const calls = counted.map(([labels, value]) => ({ labels, value }));
  return JSON.stringify({ service, metrics: { up: [{ labels: {}, value: 1 }], auth_service_calls_total: calls } });
}

/** A running admin port. */
export interface MetricsServer {
  readonly url: string;
  /** Changes the answer to `GET /metrics.json`. */
  say(text: string): void;
  close(): Promise<void>;
}

/** Serves metrics on a free port; `answer` in the place of a good answer. */
export async function serveMetrics(text: string, answer?: RequestListener): Promise<MetricsServer> {
  let current = text;
  const good: RequestListener = (req, res) => {
    res.statusCode = req.url === '/metrics.json' ? 200 : 404;
    res.setHeader('Content-Type', 'application/json').end(current);
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
