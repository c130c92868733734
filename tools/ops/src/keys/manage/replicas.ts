import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getDirectly } from '@auth/command';
import { gateway, services } from '@auth/contracts';
import { currentWord } from '@auth/keys/signing-key';
import * as z from 'zod';

/** The algorithms of access tokens that every release accepts. Replicas that do not report theirs accept only these. */
export const everywhereAccepted: readonly string[] = ['RS256', 'PS256', 'ES256'];

const Report = z.object({
  /** The service that the replica is of. */
  service: z.string().optional(),
  now: z.number(),
  keys: z.array(
    z.object({
      kid: z.string(),
      member: z.string(),
      /** A `KeyState` or `public`; a replica of the version before may still use an old word. */
      state: z.preprocess(currentWord, z.string()),
      /** `now - since` comes from the monotonic clock of the replica. */
      since: z.number(),
    }),
  ),
  /** Whether a changed document reaches the replica: a `KeyDelivery`, or a word of a later version. */
  keyDocument: z.string().optional(),
  /** The interval of fetches of the issuer's public keys, where the replica fetches them. */
  jwksFreshSeconds: z.number().optional(),
  /** The number of processes of the service (`REPLICAS`), where that is set. */
  replicas: z.number().optional(),
  /** The algorithms of access tokens that the replica accepts. */
  accessTokenAlgorithms: z.array(z.string()).optional(),
  jwksMaxAgeSeconds: z.number().optional(),
  accessTokenSeconds: z.number().optional(),
  sessionIdleSeconds: z.number().optional(),
});
export type Report = z.output<typeof Report>;

/** The origins of the admin ports of replicas, by service. */
export type AdminUrls = Readonly<Record<string, readonly string[]>>;

/** A running process of a service, and its report. */
export interface Replica {
  readonly service: string;
  readonly url: string;
  /** The report of its keys, or the reason why there is none. */
  readonly report: Report | { readonly problem: string };
}

/** Asks every replica for its keys, at `/readyz?verbose` of its admin port, all at the same time. */
export async function askReplicas(urls: AdminUrls, { timeoutMs = 2000 } = {}): Promise<readonly Replica[]> {
  const all = Object.entries(urls).flatMap(([service, origins]) => origins.map((url) => ({ service, url })));
  return Promise.all(
    all.map(async ({ service, url }) => ({ service, url, report: await ask(service, url, timeoutMs) })),
  );
}

async function ask(service: string, url: string, timeoutMs: number): Promise<Replica['report']> {
  try {
    const { text } = await getDirectly(new URL('/readyz?verbose', url), { timeoutMs });
    // A service that is not ready reports its keys as well.
    const report = Report.safeParse(JSON.parse(text));
    if (!report.success) return { problem: 'answers, but not with its keys: is it an admin port?' };
    const { service: name = service } = report.data;
    return name === service ? report.data : { problem: `is ${name}, not ${service}` };
  } catch {
    return { problem: 'does not answer' };
  }
}

/** Finds the admin ports of the `pnpm dev` that runs on a data folder; none when none runs. */
export async function developmentReplicas(dataDir: string): Promise<AdminUrls> {
  const text = await readFile(join(dataDir, 'running.json'), 'utf8').catch(() => undefined);
  const portBase = text === undefined ? undefined : portBaseOf(text);
  if (portBase === undefined) return {};
  // The port of the gateway is the base, those of services follow in the order of the list; an admin port is 100 more.
  const inOrder = [gateway, ...services];
  return Object.fromEntries(inOrder.map((name, index) => [name, [`http://127.0.0.1:${portBase + index + 100}`]]));
}

function portBaseOf(text: string): number | undefined {
  try {
    const claim: unknown = JSON.parse(text);
    if (typeof claim !== 'object' || claim === null || !('portBase' in claim)) return undefined;
    return typeof claim.portBase === 'number' ? claim.portBase : undefined;
  } catch {
    return undefined;
  }
}
