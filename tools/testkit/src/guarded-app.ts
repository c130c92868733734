import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Writable } from 'node:stream';
import type { TestIssuer } from '@auth/verify/testing';

/** An app under test behind a real server, and the issuer that it trusts. */
export interface GuardedApp {
  readonly server: Server;
  readonly issuer: TestIssuer;
  readonly now: () => number;
}

/** A decision on a service call, or an event: the line of the log, parsed. */
export interface Decision {
  readonly requestId: string;
  readonly audit: Record<string, unknown>;
  readonly [member: string]: unknown;
}

/** Serves an app on a free port of 127.0.0.1. Closing cuts off what is still connected. */
export async function serveApp(app: RequestListener): Promise<{ server: Server; close(): void }> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Creates a destination for a log in the format `json`, with its lines, those about service calls, and those about events. */
export function recordDecisions(): {
  readonly destination: Writable;
  lines(): string[];
  decisions(): Decision[];
  events(): Decision[];
} {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const audited = () => lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit !== undefined);
  return {
    destination,
    lines: () => [...lines],
    decisions: () => audited().filter(({ audit }) => audit.decision !== undefined),
    events: () => audited().filter(({ audit }) => audit.event !== undefined),
  };
}
