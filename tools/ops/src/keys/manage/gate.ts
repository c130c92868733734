import { everywhereAccepted, type Replica, type Report } from './replicas.ts';

/** A key that must be in force before a step is safe. */
export interface WantedKey {
  readonly kid: string;
  /** Where in the document: `accepts.order`. */
  readonly member: string;
  readonly state?: string;
  /** How long it must have been in force, on the replica's monotonic clock; 0 unless given. */
  readonly forSeconds?: number;
}

/** An algorithm of access tokens that must be accepted before a key for it is published. */
export interface WantedAlgorithm {
  readonly algorithm: string;
  readonly forSeconds?: undefined;
}

export type Wanted = WantedKey | WantedAlgorithm;

/** What every replica of a service must have before a step is safe. */
export type Need = Wanted & { readonly service: string };

/** What the running services report of their keys, and so which step would make one of them refuse a good request. */
export interface Gate {
  /** Lists the replicas of a service that do not have what is wanted, each with the reason. Empty: all of them have. */
  blockers(service: string, wanted: Wanted): readonly string[];
  /** Lists the replicas of a service that hold one of some keys, or do not answer. Empty: all report that they hold none. */
  holders(service: string, kids: readonly string[]): readonly string[];
  /** Lists the replicas of a service that a changed document does not reach at once, each with the reason. */
  undelivered(service: string): readonly string[];
  /** Returns the largest value that the replicas of a service report for a setting. */
  setting(service: string, name: 'jwksMaxAgeSeconds' | 'accessTokenSeconds' | 'sessionIdleSeconds'): number | undefined;
  /** Counts the replicas of a service that have what is wanted, and all that were asked. */
  loadedBy(service: string, wanted: Wanted): { readonly loaded: number; readonly asked: number };
}

const unasked = 'no replica was asked for';
const askedTooFew = 'too few replicas were asked for';

/** Whether the reason is that replicas of a service are not known: then waiting does not help. */
export function isUnasked(blocker: string): boolean {
  return blocker.startsWith(unasked) || blocker.startsWith(askedTooFew);
}

/** Lists the replicas that do not meet needs, each with the reason. Empty: all of them do. */
export function unmet(needs: readonly Need[], gate: Gate): readonly string[] {
  return needs.flatMap(({ service, ...wanted }) => gate.blockers(service, wanted));
}

/** Creates a gate from the reports of replicas. */
export function createGate(replicas: readonly Replica[]): Gate {
  const of = (service: string) => replicas.filter((replica) => replica.service === service);

  /** Returns one line for each replica with a problem, and one when replicas are not known. */
  function problems(service: string, problemOf: (replica: Replica) => string | undefined): readonly string[] {
    const known = of(service);
    const lines = known.flatMap((replica) => {
      const problem = problemOf(replica);
      return problem === undefined ? [] : [`${service} at ${replica.url} ${problem}`];
    });
    const missingOnes = unknownOnes(service, known);
    return missingOnes === undefined ? lines : [...lines, missingOnes];
  }

  return {
    blockers: (service, wanted) => problems(service, (replica) => missing(replica, wanted)),
    undelivered: (service) =>
      of(service).flatMap(({ url, report }) => {
        const hint = 'keys' in report ? arrivalHint(report, undefined) : undefined;
        return hint === undefined ? [] : [`${service} at ${url}: ${hint}`];
      }),
    holders: (service, kids) => problems(service, ({ report }) => held(report, kids)),
    setting(service, name) {
      const values = of(service).flatMap(({ report }) => ('keys' in report ? (report[name] ?? []) : []));
      return values.length === 0 ? undefined : Math.max(...values);
    },
    loadedBy(service, wanted) {
      const known = of(service);
      return {
        loaded: known.filter((replica) => missing(replica, wanted) === undefined).length,
        asked: known.length,
      };
    },
  };
}

function unknownOnes(service: string, known: readonly Replica[]): string | undefined {
  const give = `give --admin ${service}=http://<host>:<admin port> for each replica`;
  if (known.length === 0) return `${unasked} ${service}: ${give}`;
  const said = Math.max(...known.map(({ report }) => ('keys' in report ? (report.replicas ?? 0) : 0)));
  return said > known.length ? `${askedTooFew} ${service}: ${known.length} of ${said} (REPLICAS): ${give}` : undefined;
}

function held(report: Replica['report'], kids: readonly string[]): string | undefined {
  if ('problem' in report) return report.problem;
  const still = report.keys.filter(({ kid }) => kids.includes(kid));
  if (still.length === 0) return undefined;
  const names = [...new Set(still.map(({ kid }) => kid))].join(', ');
  return `still has ${names}${hintOf(report, still[0]?.member)}`;
}

function missing({ report }: Replica, wanted: Wanted): string | undefined {
  if ('problem' in report) return report.problem;
  if ('algorithm' in wanted) return unaccepted(report, wanted);
  const { kid, member, state, forSeconds = 0 } = wanted;
  const key = report.keys.find((loaded) => loaded.kid === kid && loaded.member === member);
  if (key === undefined) return `has not loaded ${kid} yet${hintOf(report, member)}`;
  if (state !== undefined && key.state !== state) {
    return `has ${kid} as ${key.state}, not as ${state} yet${hintOf(report, member)}`;
  }
  // By the clock of the replica: ours may differ.
  const left = Math.ceil(forSeconds - (report.now - key.since));
  return left > 0 ? `has ${kid} for too short a time: ${left} s to go` : undefined;
}

function unaccepted(report: Report, { algorithm }: WantedAlgorithm): string | undefined {
  const { accessTokenAlgorithms: accepted = everywhereAccepted } = report;
  return accepted.includes(algorithm) ? undefined : `does not accept ${algorithm}: update it to this release first`;
}

function hintOf(report: Report, member: string | undefined): string {
  const hint = arrivalHint(report, member);
  return hint === undefined ? '' : ` (${hint})`;
}

const hints: Readonly<Record<string, string>> = {
  text: 'its keys are in AUTH_KEYS, which is read once: give it the new document and restart it',
  single_file_mount: 'its document is mounted as a single file: restart it, and mount the folder instead',
  replaced: 'its document was replaced under a mount of a single file: restart it, and mount the folder instead',
  refused: 'it has refused the document that it found: its log says why',
  unreachable: 'it cannot look at its document: its file system does not answer',
};

/** Explains why a change has not reached a replica, as far as the replica knows. */
function arrivalHint(report: Report, member: string | undefined): string | undefined {
  if (member === 'issuer.jwks' && report.jwksFreshSeconds !== undefined) {
    return `it fetches the keys of the issuer again within ${report.jwksFreshSeconds} s`;
  }
  return hints[report.keyDocument ?? ''];
}
