import { expect, it } from '@jest/globals';
import { jwksAnswer, openJwksServer } from '../../test/jwks-server.ts';
import { fetchJson } from './fetch-json.ts';

it('fetchJson asks nobody when it was stopped before it began', async () => {
  const server = await openJwksServer(jwksAnswer({}));
  const request = { mediaTypes: ['application/jwk-set+json'], timeoutMs: 10_000, maxBytes: 100 };
  const fetching = fetchJson({ ...request, url: new URL(server.url), signal: AbortSignal.abort() });
  await expect(fetching).rejects.toMatchObject({ outcome: 'network' });
  expect(server.requests).toEqual([]);
  await server.close();
});
