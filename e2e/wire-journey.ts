import type { Stack } from '@auth/dev';
import type { AppName } from '@auth/dev/stack/services';
import type { MetricsDocument } from '@auth/http';
import { rawAccepted, rawRefusals, refusedRequest, sendRawRequest } from '@auth/testkit/raw-requests';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loggedLines } from './logged-lines.ts';

const names = ['user', 'product', 'order', 'gateway'] as const satisfies readonly AppName[];
const ports = names.flatMap((name) => [
  { name, door: 'public', port: (stack: Stack) => portOf(stack, name) },
  { name, door: 'admin', port: (stack: Stack) => portOf(stack, name) + 100 },
]);

/** Tests raw requests to all eight ports of running services, which have the same rules. */
export function testRawRequests(running: () => Stack): void {
  describe.each(ports)('the $door port of $name', ({ name, port }) => {
    let answers: Awaited<ReturnType<typeof refusedRequest>>[];
    let lines: Record<string, unknown>[];
    let counted: number;

    beforeAll(async () => {
      const stack = running();
      const before = await countRefusals(stack, name);
      answers = [];
      for (const refusal of rawRefusals) answers.push(await refusedRequest(port(stack), refusal));
      lines = (await loggedLines(stack, name)).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
      counted = (await countRefusals(stack, name)) - before;
    });

    it.each(rawRefusals.map((refusal, index) => ({ ...refusal, index })))(
      'answers $status, once, says so in its log and closes the connection: $given',
      ({ status, code, index }) => {
        const { requestId, ...answer } = answers[index] ?? {};
        expect(answer).toMatchObject({
          status,
          answers: 1,
          closed: true,
          connection: 'close',
          type: 'application/problem+json',
          problem: { type: `urn:problem:${code}`, status, code, requestId },
        });
        expect(lines.filter((line) => line['requestId'] === requestId)).toMatchObject([
          { level: 'info', status, code },
        ]);
      },
    );

    it('counts each of them, and does not serve the request after it', () => {
      expect(counted).toBe(rawRefusals.length);
      expect(lines.filter(({ path }) => path === '/behind')).toEqual([]);
    });

    it.each(rawAccepted)('answers $status to an unusual but valid request: $given', async ({ bytes, status }) => {
      const last = bytes.replace(/(HTTP\/1\.\d\r\n)/, '$1Connection: close\r\n');
      const { text } = await sendRawRequest(port(running()), last);
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  });
}

const refusals = new Set(['400', '417', '431', '501', '505']);

/** Returns the number of requests that were refused before any route. */
async function countRefusals(stack: Stack, name: AppName): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${portOf(stack, name) + 100}/metrics.json`);
  const { metrics } = (await answer.json()) as MetricsDocument;
  return (metrics['http_requests_total'] ?? [])
    .filter(({ labels }) => labels['route'] === 'unmatched' && refusals.has(labels['status'] ?? ''))
    .reduce((sum, { value }) => sum + value, 0);
}

function portOf({ urls }: Stack, name: AppName): number {
  return Number(new URL(urls[name]).port);
}
