import { gateway, issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { documentOf, type Folder } from '../src/keys/manage/folder.ts';
import type { Replica } from '../src/keys/manage/replicas.ts';

/** The lives of tokens, of copies of the public keys, and of sessions without a request, in seconds. */
export const lives = { serviceToken: 30, accessToken: 600, jwks: 300, sessionIdle: 300 };

/** A running service process: its loaded document, and the time since when it has each key. */
interface Running {
  readonly service: string;
  loaded: KeyDocument;
  since: ReadonlyMap<string, number>;
}

/** Replicas of every service, which load their documents at any time, sign all the time, and verify each other. */
export interface Fleet {
  readonly size: number;
  /** One replica loads its document as it is now. */
  load(index: number, folder: Folder): void;
  /** One replica restarts. */
  restart(index: number, folder: Folder): void;
  /** A verifier elsewhere fetches the published keys from one replica of the issuer, and keeps them as long as is allowed. */
  fetchJwks(index: number): void;
  pass(seconds: number): void;
  /** Returns the report of each replica. */
  reports(): readonly Replica[];
  /** Lists valid tokens that a service would refuse, and sessions that a gateway would not open. */
  refusals(): readonly string[];
}

/** Starts two replicas of each service of a folder. */
export function startFleet(folder: Folder): Fleet {
  let now = 1_000_000;
  const services = [...folder.keys()];
  const replicas = [...services, ...services].map(
    (service): Running => ({ service, loaded: documentOf(folder, service), since: new Map() }),
  );
  const issuers = replicas.filter(({ service }) => service === issuerService);
  /** The time until which something that a key signed is valid, by the key and its verifier. */
  const goodUntil = new Map<string, number>();
  const copies: { kids: ReadonlySet<string>; until: number }[] = [];
  for (const replica of replicas) put(replica, replica.loaded);
  sign();

  function put(replica: Running, document: KeyDocument): void {
    replica.loaded = document;
    replica.since = new Map(loadedKeys(document).map((key) => [name(key), replica.since.get(name(key)) ?? now]));
  }

  function sign(): void {
    for (const { service, loaded } of replicas) {
      for (const [callee, keys] of Object.entries(loaded.calls)) {
        const kid = keys.find(({ state }) => state === 'active')?.kid;
        goodUntil.set(`${callee} ${service} ${kid}`, now + lives.serviceToken);
      }
      const kid = loaded.signing?.find(({ state }) => state === 'active')?.kid;
      if (kid !== undefined) goodUntil.set(`jwks ${kid}`, now + lives.accessToken);
      // A session in use is sealed again when its access token expires.
      const seal = loaded.sessionKeys?.find(({ state }) => state === 'active')?.kid;
      if (seal !== undefined) goodUntil.set(`sessions ${seal}`, now + lives.accessToken + lives.sessionIdle);
    }
  }

  function refusalsAt({ service, loaded }: Running): string[] {
    const published = new Set((loaded.issuer.jwks?.keys ?? loaded.signing ?? []).map(({ kid }) => kid));
    return good().flatMap(([first = '', second = '', kid = '']) => {
      if (first === 'sessions') {
        const opens = service !== gateway || loaded.sessionKeys?.some((key) => key.kid === second);
        return opens ? [] : [`a ${service} does not open what ${second} has sealed`];
      }
      if (first === 'jwks') return published.has(second) ? [] : [`${service} refuses ${second}`];
      if (first !== service) return [];
      return loaded.accepts[second]?.some((key) => key.kid === kid) ? [] : [`${service} refuses ${kid} of ${second}`];
    });
  }

  function good(): string[][] {
    return [...goodUntil].filter(([, until]) => until >= now).map(([key]) => key.split(' '));
  }

  return {
    size: replicas.length,
    load(index, current) {
      const replica = replicas[index % replicas.length];
      if (replica === undefined) return;
      put(replica, documentOf(current, replica.service));
      sign();
    },
    restart(index, current) {
      const replica = replicas[index % replicas.length];
      if (replica === undefined) return;
      replica.since = new Map();
      put(replica, documentOf(current, replica.service));
      sign();
    },
    fetchJwks(index) {
      const { signing = [] } = issuers[index % issuers.length]?.loaded ?? {};
      copies.push({ kids: new Set(signing.map(({ kid }) => kid)), until: now + lives.jwks });
    },
    pass(seconds) {
      // Replicas sign until the last moment before `now`.
      now += seconds;
      sign();
    },
    reports: () =>
      replicas.map(({ service, loaded, since }, index) => ({
        service,
        url: `replica ${index}`,
        report: {
          now,
          keys: loadedKeys(loaded).map((key) => ({ ...key, since: since.get(name(key)) ?? now })),
          ...(service === issuerService
            ? { jwksMaxAgeSeconds: lives.jwks, accessTokenSeconds: lives.accessToken }
            : {}),
          ...(service === gateway ? { sessionIdleSeconds: lives.sessionIdle } : {}),
        },
      })),
    refusals: () => [
      ...replicas.flatMap(refusalsAt),
      ...copies
        .filter(({ until }) => until >= now)
        .flatMap(({ kids }) =>
          good().flatMap(([first, kid = '']) => (first === 'jwks' && !kids.has(kid) ? [`a copy lacks ${kid}`] : [])),
        ),
    ],
  };
}

function name({ member, kid, state }: { member: string; kid: string; state: string }): string {
  return `${member} ${kid} ${state}`;
}
