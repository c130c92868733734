import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import {
  addressBlock,
  addressPrefix,
  clientAddressBehind,
  createApp,
  createLog,
  createMetrics,
  createReadiness,
  finishApp,
  listen,
  type Metrics,
  nameRequest,
  Problem,
  refuseBy,
} from '@auth/http';
import type { Authentication } from '../src/authentication/authentication.ts';
import { createClientOf } from '../src/client.ts';
import type { BreakerOptions } from '../src/proxy/breaker.ts';
import { bodyShares, createProxy } from '../src/proxy/proxy.ts';
import type { UpstreamName } from '../src/proxy/target.ts';
import { openUpstreams } from '../src/proxy/upstreams.ts';

export const publicOrigin = 'https://shop.example';

/** The access token that the gateway sends for a client with a session cookie. */
export const sessionToken = 'token-of-the-session';

/** The proxy of the gateway, in front of an app without routes. */
export interface ProxyHarness {
  readonly port: number;
  /** Returns all log lines so far. */
  lines(): Record<string, unknown>[];
  /** Resolves with the latest line of a request, once there are `count` of them. */
  requestLine(count?: number): Promise<Record<string, unknown>>;
  readonly metrics: Metrics;
  /** Returns the samples of a metric that are not 0, without the label of the gateway. */
  samples(name: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ProxyHarnessOptions {
  readonly origins: Readonly<Record<UpstreamName, string>>;
  readonly authorize?: (req: IncomingMessage) => Authentication | Promise<Authentication>;
  readonly connections?: number;
  readonly timeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly bodyTimeoutMs?: number;
  readonly breaker?: BreakerOptions;
  readonly trustedProxies?: readonly string[];
}

/** Opens the proxy on a free port. */
export async function openProxyHarness(options: ProxyHarnessOptions): Promise<ProxyHarness> {
  const { bodyTimeoutMs } = options;
  const { origins, connections = 8, timeoutMs = 5000, maxBodyBytes = 1000, breaker, trustedProxies = [] } = options;
  const written: string[] = [];
  const destination = new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      written.push(String(line));
      done();
    },
  });
  const log = createLog({ service: 'gateway', level: 'debug', format: 'json', destination });
  const metrics = createMetrics({ service: 'gateway' });
  const readiness = createReadiness({});
  const app = finishApp(createApp({ log, metrics, readiness, trustedProxies }), { log, translate: [] });
  const upstreams = openUpstreams({ origins, connections, timeoutMs, metrics, ...(breaker && { breaker }) });
  const proxy = createProxy({
    upstreams,
    maxBodyBytes,
    publicOrigin,
    log,
    metrics,
    bodies: bodyShares({ maxBodyBytes }),
    ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }),
    authorize: options.authorize ?? byCookieOrBearer,
    clientOf: createClientOf({
      clientAddress: clientAddressBehind(trustedProxies),
      addressBlock,
      addressPrefix,
      nameRequest,
    }),
    answerError: refuseBy(app),
  });
  const { port, drain } = await listen((req, res) => void (proxy(req, res) || app(req, res)), {
    port: 0,
    host: '127.0.0.1',
    readiness,
    drainDelayMs: 0,
    deadlineMs: 500,
  });
  const lines = (): Record<string, unknown>[] => written.map((line) => JSON.parse(line));
  return {
    port,
    metrics,
    lines,
    async requestLine(count = 1) {
      for (;;) {
        const ofRequests = lines().filter(({ method }) => method !== undefined);
        const latest = ofRequests.at(-1);
        if (latest !== undefined && ofRequests.length >= count) return latest;
        await new Promise(setImmediate);
      }
    },
    async samples(name) {
      const { text } = await metrics.render();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && !line.endsWith(' 0'));
      return lines.map((line) => line.slice(name.length).replace(',service="gateway"', '')).sort();
    },
    async close() {
      await drain();
      await upstreams.close();
    },
  };
}

/** Authenticates by cookie or token as the gateway does, without its sessions. */
function byCookieOrBearer({ headers }: IncomingMessage): Authentication {
  const hasSession = headers.cookie?.includes('session=') === true;
  const hasToken = headers.authorization !== undefined;
  if (hasSession && hasToken) throw new Problem('invalid_request', { detail: 'Send a cookie or a token.' });
  if (hasSession) return { kind: 'session', accessToken: sessionToken, onRefused: async () => undefined };
  return { kind: hasToken ? 'bearer' : 'anonymous' };
}
