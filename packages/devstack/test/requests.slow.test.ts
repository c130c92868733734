import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stack } from '../src/index.ts';
import { repositoryRoot, serviceNames, serviceUrl } from '../src/index.ts';
import type { Exchange, FileRequest } from './http-file.ts';
import { fillIn, parseHttpFile } from './http-file.ts';
import { openTestStack } from './test-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await openTestStack();
}, 60_000);

afterAll(() => stack?.close());

describe('docs/requests.http', () => {
  it('runs from top to bottom, each request with the status that it promises', async () => {
    const { requests, variables } = parseHttpFile(await readFile(join(repositoryRoot, 'docs/requests.http'), 'utf8'));
    // Written for the ports of pnpm dev; this stack has others.
    const named = serviceNames.filter((name) => variables.has(name));
    for (const name of named) expect(variables.get(name)).toBe(serviceUrl(name, 4000));
    const here = new Map([...variables, ...Object.entries(stack.urls)]);

    const exchanges = new Map<string, Exchange>();
    const outcomes: string[] = [];
    for (const request of requests) {
      const { status, exchange } = await send(request, (text) => fillIn(text, here, exchanges));
      if (request.name !== undefined) exchanges.set(request.name, exchange);
      outcomes.push(`${request.title}: ${status}`);
    }
    expect(outcomes).toEqual(requests.map(({ title, expected }) => `${title}: ${expected}`));
    expect(outcomes.length).toBeGreaterThan(20);
  }, 60_000);
});

async function send(
  { method, url, headers: lines, body }: FileRequest,
  fill: (text: string) => string,
): Promise<{ status: number; exchange: Exchange }> {
  const headers = new Headers(lines.map(([name, value]) => [name, fill(value)]));
  // Beside If-None-Match, fetch would add `no-cache`, which asks for the whole answer.
  headers.set('Cache-Control', 'max-age=0');
  const response = await fetch(fill(url), { method, headers, body: body === undefined ? null : fill(body) });
  const text = await response.text();
  const answer = { headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  return { status: response.status, exchange: { request: { headers }, response: answer } };
}
