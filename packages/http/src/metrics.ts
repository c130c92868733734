import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The numbers of one service. Label values come from closed sets: routes, codes, names of ours. */
export interface Metrics {
  /** One answered request. `route` is the path template, `unmatched` where there is none. */
  countRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** One verified credential: `accepted`, or the code of its refusal. */
  countVerification(token: 'access' | 'service', outcome: string): void;
  /** One decision on another service's call. `caller` is `unknown` while nobody is authenticated, `reason` is `none` when it is allowed. */
  countCall(call: { operation: string; caller: string; decision: 'allow' | 'deny'; reason: string }): void;
  /** Numbers that are read when asked for, such as the use of a pool, by the value of one label. */
  gauge(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
  /** The same with several labels; what `read` leaves out is gone. */
  gauges(name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void;
  /** Something that is counted: call the result for each, or for several at once. */
  counter(name: string, help: string, labels: readonly string[]): (labels: Sample['labels'], count?: number) => void;
  /** Something that is counted elsewhere: `read` returns the count so far. */
  counted(name: string, help: string, read: () => number): void;
  /** Prometheus text, and its media type. */
  render(): Promise<{ type: string; text: string }>;
}

/** One number of a metric, by the values of its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** HTTP methods by name; anything else a client may think of is `OTHER`. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Makes the metrics of a service, those of the process included. A registry of its own: several can live in one process. */
export function createMetrics(options: { service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
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
  };
}
