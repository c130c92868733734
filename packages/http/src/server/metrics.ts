import { performance } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of one service. Label values come from closed sets: routes, codes and names in the code. */
export interface Metrics {
  /** Counts an answered request. `route` is the path template; `unmatched` without a route. */
  countRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Counts a verified credential: `accepted`, or the code of its refusal. */
  countVerification(token: 'access' | 'service', outcome: string): void;
  /**
   * Counts a decision on a call from another service. `caller` is `unknown` without an authenticated caller; `reason`
   * is `none` for an allowed call.
   */
  countCall(call: { operation: string; caller: string; decision: 'allow' | 'deny'; reason: string }): void;
  /** Registers a gauge with one label. Each scrape calls `read` for the numbers by label value. */
  gauge(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
  /** Registers a gauge with several labels. Samples that `read` no longer returns are removed. */
  gauges(name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void;
  /** Registers a counter and returns the function that increments it, by one unless given. */
  counter(name: string, help: string, labels: readonly string[]): (labels: Sample['labels'], count?: number) => void;
  /** Registers a counter that is kept elsewhere: `read` returns the total so far. */
  counted(name: string, help: string, read: () => number): void;
  /** Returns the metrics as Prometheus text, and its media type. */
  render(): Promise<{ type: string; text: string }>;
  /** Returns the same numbers as data, for programs that are not Prometheus. */
  read(): Promise<MetricsDocument>;
}

/** The answer to `GET /metrics.json`. A metric without numbers has an empty list. */
export interface MetricsDocument {
  readonly service: string;
  /** By name. A histogram has three: `_bucket`, `_sum` and `_count`. */
  readonly metrics: Readonly<Record<string, readonly Sample[]>>;
}

/** One number of a metric, by the values of its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The HTTP methods that are counted by name. All other methods are counted as `OTHER`. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Creates the metrics of a service, with those of the process. Each has its own registry, so several can exist in one
 * process.
 */
export function createMetrics(options: { service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectProcessMetrics(registry);
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Answered requests by route template and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer by route template.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const verifications = new Counter({
    name: 'auth_verifications_total',
    help: 'Verified credentials by kind of token and outcome: accepted, or the code of the refusal.',
    labelNames: ['token', 'outcome'],
    registers: [registry],
  });
  const calls = new Counter({
    name: 'auth_service_calls_total',
    help: 'Decisions on the calls of other services, by operation, authenticated caller and reason of the refusal.',
    labelNames: ['operation', 'caller', 'decision', 'reason'],
    registers: [registry],
  });

  return {
    countRequest({ method, route, status, seconds }) {
      const known = methods.has(method) ? method : 'OTHER';
      requests.inc({ method: known, route, status: String(status) });
      durations.observe({ method: known, route }, seconds);
    },
    countVerification: (token, outcome) => verifications.inc({ token, outcome }),
    countCall: (call) => calls.inc(call),
    gauge(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        collect() {
          for (const [value, number] of Object.entries(read())) this.set({ [label]: value }, number);
        },
      });
    },
    gauges(name, help, labels, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          for (const sample of read()) this.set(sample.labels, sample.value);
        },
      });
    },
    counter(name, help, labels) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] });
      return (values, count = 1) => counter.inc(values, count);
    },
    counted(name, help, read) {
      new Counter({
        name,
        help,
        registers: [registry],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    read: async () => ({ service: options.service, metrics: samplesOf(await registry.getMetricsAsJSON()) }),
  };
}

/** The numbers of each metric, without the label of the service. */
function samplesOf(all: Awaited<ReturnType<Registry['getMetricsAsJSON']>>): MetricsDocument['metrics'] {
  const samples: Record<string, Sample[]> = {};
  for (const { name, values } of all) {
    if (values.length === 0) samples[name] = [];
    for (const { value, labels: given, ...more } of values) {
      const { service: _service, ...labels } = Object.fromEntries(
        Object.entries(given).map(([label, text]) => [label, String(text)]),
      );
      const key = 'metricName' in more && typeof more.metricName === 'string' ? more.metricName : name;
      samples[key] = [...(samples[key] ?? []), { labels, value }];
    }
  }
  return samples;
}

/**
 * Metrics that are not kept, because they need a timer that runs a hundred times a second: 1 % of a processor in an
 * idle process.
 */
const sampledLag = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];
const neverMs = 2 ** 31 - 1;

/** Registers the usual metrics of a Node process, with the utilization of the event loop in place of its sampled lag. */
function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const statistic of sampledLag) registry.removeSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`);
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape in which the event loop was busy, from 0 to 1.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}
