import { getDirectly } from '@auth/command';
import { currentWord } from '@auth/keys/signing-key';
import * as z from 'zod';

const Report = z.object({
  /** Which service it is of. */
  service: z.string().optional(),
  now: z.number(),
  keys: z.array(
    z.object({
      ...{ kid: z.string(), member: z.string() },
      /** A `KeyState` or `public`; a replica of the version before may still use an old word. */
      state: z.preprocess(currentWord, z.string()),
      /** `now - since` is what the replica's monotonic clock has counted. */
      since: z.number(),
    }),
  ),
  /** Whether a changed document reaches it: a `KeyDelivery`, or a later build's word for one. */
  keyDocument: z.string().optional(),
  /** How often it fetches the issuer's public keys, where it does. */
  jwksFreshSeconds: z.number().optional(),
  /** How many processes of the service run, where that was said. */
  replicas: z.number().optional(),
  jwksMaxAgeSeconds: z.number().optional(),
  accessTokenSeconds: z.number().optional(),
  sessionIdleSeconds: z.number().optional(),
});
export type Report = z.output<typeof Report>;

/** Where the replicas of each service tell what they have loaded: origins of their admin ports, by service. */
export type AdminUrls = Readonly<Record<string, readonly string[]>>;

/** A running process of a service, and what it says of itself. */
export interface Replica {
  readonly service: string;
  readonly url: string;
  /** What it has loaded; or why it does not say. */
  readonly report: Report | { readonly problem: string };
}

/** Asks every replica what it has loaded, at `/readyz?verbose` of its admin port; none waits for another. */
export async function askReplicas(urls: AdminUrls, { timeoutMs = 2000 } = {}): Promise<readonly Replica[]> {
  const all = Object.entries(urls).flatMap(([service, origins]) => origins.map((url) => ({ service, url })));
  return Promise.all(
    all.map(async ({ service, url }) => ({ service, url, report: await ask(service, url, timeoutMs) })),
  );
}

async function ask(service: string, url: string, timeoutMs: number): Promise<Replica['report']> {
  try {
    const { text } = await getDirectly(new URL('/readyz?verbose', url), { timeoutMs });
    // A service that is not ready says what it has loaded all the same.
    const report = Report.safeParse(JSON.parse(text));
    if (!report.success) return { problem: 'answers, but not with its keys: is it an admin port?' };
    const { service: name = service } = report.data;
    return name === service ? report.data : { problem: `is ${name}, not ${service}` };
  } catch {
    return { problem: 'does not answer' };
  }
}
