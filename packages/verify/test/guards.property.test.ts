import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authErrors } from '../src/problems.ts';
import { type QuoteService, startQuoteService } from './quote-service.ts';

let service: QuoteService;
beforeAll(async () => {
  service = await startQuoteService();
});
afterAll(() => service.close());

/** The characters of a header value: Node's parser rejects all others. */
const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});
const authorization = fc.oneof(
  headerText,
  headerText.map((text) => `Bearer ${text}`),
);
const codes: ReadonlySet<string> = new Set([...Object.keys(authErrors), 'invalid_fields']);

describe('with any headers and bytes', () => {
  it('the guard of an operation answers with a coded refusal, and no handler runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        headerText,
        fc.option(authorization),
        fc.uint8Array({ maxLength: 200 }),
        headerText,
        async (token, bearer, body, type) => {
          const headers: [string, string][] = [
            ['Service-Token', token],
            ['Content-Type', type],
            ...(bearer === null ? [] : [['Authorization', bearer] as [string, string]]),
          ];
          const answer = await service.send({ method: 'POST', target: '/internal/quotes', headers, body });
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(codes.has(answer.code ?? '')).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
    expect(service.handled).toEqual([]);
    expect(service.store.size).toBe(0);
  });

  it('a call that is signed for any bytes is answered or rejected with a code, never with a fault', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        async (content) => {
          const serviceToken = service.signer.sign({
            operation: { id: 'product:quotes.create', method: 'POST' },
            target: '/internal/quotes',
            content,
          });
          const headers: [string, string][] = [
            ['Service-Token', serviceToken],
            ['Content-Type', 'application/json'],
          ];
          const { status, code } = await service.send({
            method: 'POST',
            target: '/internal/quotes',
            headers,
            body: content,
          });
          expect(status === 200 || codes.has(code ?? '')).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
