import type { Replica } from './replicas.ts';

/** A key that must be in force before a step is safe. */
export interface Wanted {
  readonly kid: string;
  /** Where in the document: `accepts.order`. */
  readonly member: string;
  readonly state?: string;
  /** How long it must have been in force; 0 unless given. */
  readonly forSeconds?: number;
}

/** Knows what the running services have loaded, and so which step would break somebody. */
export interface Gate {
  /** The replicas of a service that do not have a key as wanted, each with the reason. Empty: all of them have. */
  blockers(service: string, wanted: Wanted): readonly string[];
  /** The largest value that the replicas of a service give for a setting. */
  setting(service: string, name: 'jwksMaxAgeSeconds' | 'accessTokenSeconds' | 'sessionIdleSeconds'): number | undefined;
  /** Which replicas of a service have loaded a key, and how many there are. */
  loadedBy(service: string, wanted: Wanted): { readonly loaded: number; readonly asked: number };
}

const unasked = 'nobody was asked for';

/** Whether a blocker is that a service has no known replica: waiting does not help. */
export function isUnasked(blocker: string): boolean {
  return blocker.startsWith(unasked);
}

/** Makes a gate of what the replicas said. */
export function createGate(replicas: readonly Replica[]): Gate {
  const of = (service: string) => replicas.filter((replica) => replica.service === service);

  return {
    blockers(service, wanted) {
      const known = of(service);
      if (known.length === 0) {
        return [`${unasked} ${service}: give --admin ${service}=http://<host>:<admin port> for each replica`];
      }
      return known.flatMap((replica) => {
        const problem = missing(replica, wanted);
        return problem === undefined ? [] : [`${service} at ${replica.url} ${problem}`];
      });
    },
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

function missing({ report }: Replica, { kid, member, state, forSeconds = 0 }: Wanted): string | undefined {
  if ('problem' in report) return report.problem;
  const key = report.keys.find((loaded) => loaded.kid === kid && loaded.member === member);
  if (key === undefined) return `has not loaded ${kid} yet`;
  if (state !== undefined && key.state !== state) return `has ${kid} as ${key.state}, not as ${state} yet`;
  // By the clock of the replica: ours may differ.
  const left = Math.ceil(forSeconds - (report.now - key.since));
  return left > 0 ? `has ${kid} for too short a time: ${left} s to go` : undefined;
}
