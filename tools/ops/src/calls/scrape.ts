import { getDirectly } from '@auth/command';
import * as z from 'zod';
import type { Source } from './admin-sources.ts';

/** The count that every service keeps of the decisions on calls. */
const metric = 'auth_service_calls_total';
const timeoutMs = 3000;

/** Printed on terminals: nothing that steers one. */
const plain = z.string().regex(/^[\w.:-]{1,200}$/);
const CallCount = z
  .object({
    labels: z.object({ operation: plain, caller: plain, decision: z.enum(['allow', 'deny']), reason: plain }),
    value: z.number().nonnegative(),
  })
  .transform(({ labels, value }) => ({ ...labels, count: value }));
/** The part of `GET /metrics.json` that is read here. */
const Answer = z.object({ service: z.string().max(200), metrics: z.record(z.string(), z.array(z.unknown())) });

/** How often one decision was made since the service started. */
export type CallCount = z.output<typeof CallCount>;

/** What a service has counted, or why that cannot be told. */
export type Scrape =
  | { readonly source: Source; readonly counts: readonly CallCount[] }
  | { readonly source: Source; readonly problem: string };

/** Reads the counts of one service. Never rejects: a service that does not answer is an answer too. */
export async function scrape(source: Source): Promise<Scrape> {
  const answer = await ask(source).catch((error: unknown) => ({ problem: `does not answer: ${reasonOf(error)}` }));
  return { source, ...('problem' in answer ? answer : readCounts(answer.text, source)) };
}

async function ask({ url }: Source): Promise<{ text: string } | { problem: string }> {
  const { status, text } = await getDirectly(new URL(`${url}/metrics.json`), { timeoutMs });
  return status === 200 ? { text } : { problem: `answers ${status}` };
}

function readCounts(text: string, { service }: Source): { counts: readonly CallCount[] } | { problem: string } {
  const answer = Answer.safeParse(parseJson(text)).data;
  const samples = answer?.metrics[metric];
  if (answer === undefined || samples === undefined)
    return { problem: `does not count ${metric}: is that its admin port?` };
  if (answer.service !== service) return { problem: `answers as ${JSON.stringify(answer.service)}` };
  const counts = z.array(CallCount).safeParse(samples).data;
  return counts === undefined ? { problem: `counts ${metric} in another way` } : { counts };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How a request fails: the cause says more than the error. */
const Failure = z.object({
  name: z.string(),
  message: z.string(),
  cause: z.object({ code: z.string().optional(), message: z.string() }).optional().catch(undefined),
});

function reasonOf(error: unknown): string {
  const { name, message, cause } = Failure.parse(error);
  if (name === 'TimeoutError') return `nothing within ${timeoutMs / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}
