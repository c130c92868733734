import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WireRequest } from '../../test/http.ts';
import { type QuoteService, startQuoteService } from '../../test/quote-service.ts';
import { bytes, quoteCall } from '../../test/service-calls.ts';

let product: QuoteService;
let decided: () => void;
beforeAll(async () => {
  product = await startQuoteService(() => decided());
});
afterAll(() => product.close());
beforeEach(() => {
  product.handled.length = 0;
  product.decisions.length = 0;
  decided = () => undefined;
});

const quote = '{"items":[1,2]}';
const jsonType = 'application/json';

/** A quote whose content is signed as it is sent, under any headers. */
function sendQuote(
  content: Uint8Array | string,
  headers: Record<string, string | undefined>,
  wire: Partial<WireRequest> = {},
) {
  const signed = typeof content === 'string' ? bytes(content) : content;
  const serviceToken = product.signer.sign({ ...quoteCall, content: signed });
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const all = [['Service-Token', serviceToken] as const, ...given];
  return product.send({ method: 'POST', target: quoteCall.target, headers: all, body: content, ...wire });
}

describe('the content of a call', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ])('is read as %s', async (type) => {
    expect(await sendQuote(quote, { 'Content-Type': type })).toMatchObject({ status: 200, text: '{"total":2}' });
    expect(product.decisions).toMatchObject([{ decision: 'allow', caller: 'order' }]);
  });

  it('is read also in chunks', async () => {
    expect(await sendQuote(quote, { 'Content-Type': jsonType }, { chunked: true })).toMatchObject({ status: 200 });
  });

  // The bytes are the signed ones, but a parser could read them in another way, or leave them to another parser.
  it.each([
    ['no type', undefined],
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a multipart form', 'multipart/form-data; boundary=x'],
    ['bytes', 'application/octet-stream'],
    ['JSON by another name', 'application/vnd.api+json'],
    ['JSON for a patch', 'application/merge-patch+json'],
    ['a type that begins like JSON', 'application/jsonx'],
    ['JSON in UTF-7', 'application/json; charset=utf-7'],
    ['JSON in UTF-16', 'application/json; charset=utf-16'],
    ['JSON in UTF-16LE', 'application/json; charset=utf-16le'],
    ['JSON in Latin-1', 'application/json; charset=iso-8859-1'],
    ['JSON in two charsets', 'application/json; charset=utf-8; charset=utf-7'],
    ['a type that ends like JSON', 'x-application/json'],
    ['two types', 'application/json, text/plain'],
    ['an empty type', ''],
    ['a charset with one quote', 'application/json; charset="utf-8'],
    ['a charset with the other quote', 'application/json; charset=utf-8"'],
    ['a charset in single quotes', "application/json; charset='utf-8'"],
    ['an empty charset', 'application/json; charset='],
    ['an empty parameter', 'application/json;'],
    ['another parameter', 'application/json; version=2'],
    ['a list with one type', 'application/json,'],
  ])('is rejected as %s', async (_case, type) => {
    expect(await sendQuote(quote, { 'Content-Type': type })).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', reason: 'content' }]);
    expect(product.handled).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync(quote)],
    ['deflate', deflateSync(quote)],
    ['br', brotliCompressSync(quote)],
    ['gzip, gzip', gzipSync(gzipSync(quote))],
    ['GZIP', gzipSync(quote)],
    ['x-unknown', bytes(quote)],
    ['identity', bytes(quote)],
    ['', bytes(quote)],
  ])('is rejected in the encoding %s, though its bytes were signed', async (encoding, content) => {
    const answer = await sendQuote(content, { 'Content-Type': jsonType, 'Content-Encoding': encoding });
    expect(answer).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', reason: 'content' }]);
    expect(product.handled).toEqual([]);
  });

  it('is rejected when its plain bytes were signed and its packed bytes sent', async () => {
    const answer = await sendQuote(quote, { 'Content-Type': jsonType }, { body: gzipSync(quote) });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_service_token' });
  });

  it.each([
    ['the same twice', jsonType],
    ['another', 'text/plain'],
  ])('is rejected with two Content-Type lines, the second being %s', async (_case, second) => {
    const serviceToken = product.signer.sign({ ...quoteCall, content: bytes(quote) });
    for (const types of [
      [jsonType, second],
      [second, jsonType],
    ]) {
      const headers = types.map((type) => ['Content-Type', type] as const);
      const all = [['Service-Token', serviceToken] as const, ...headers];
      const answer = await product.send({ method: 'POST', target: quoteCall.target, headers: all, body: quote });
      expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    }
    expect(product.decisions).toMatchObject([
      { decision: 'deny', caller: 'order', reason: 'duplicate_header' },
      { decision: 'deny', caller: 'order', reason: 'duplicate_header' },
    ]);
  });

  it.each([
    ['of another type', quote, { 'Content-Type': 'text/plain' }, 415],
    ['in an encoding', quote, { 'Content-Type': jsonType, 'Content-Encoding': 'identity' }, 415],
    ['that is no JSON', '{"items":', { 'Content-Type': jsonType }, 400],
    ['that is too long', ' '.repeat(100_001), { 'Content-Type': jsonType }, 413],
  ])('%s leaves its service token unused', async (_case, content, headers, status) => {
    const signed = product.signer.sign({ ...quoteCall, content: bytes(content) });
    const send = (more: Record<string, string>) =>
      product.send({
        method: 'POST',
        target: quoteCall.target,
        body: content,
        headers: [['Service-Token', signed], ...Object.entries(more)],
      });
    expect(await send(headers)).toMatchObject({ status });
    expect(await send(headers)).toMatchObject({ status });
    expect(product.decisions.map(({ reason }) => reason)).toEqual(['content', 'content']);
  });

  it.each([
    ['cut short', '{"items":'],
    ['white space alone', ' '],
    ['two values', '{"items":[1]}{"items":[2]}'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['UTF-16', Buffer.from(quote, 'utf16le')],
    ['in single quotes', "{'items':[1]}"],
  ] as [string, string | Uint8Array][])('is rejected as JSON when it is %s', async (_case, content) => {
    const answer = await sendQuote(content, { 'Content-Type': jsonType });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(product.decisions).toMatchObject([{ decision: 'deny', caller: 'order', reason: 'content' }]);
  });

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['text', '"x"'],
    ['a list', '[]'],
    ['an object with a member more', '{"items":[1],"role":"admin"}'],
    ['an object with __proto__', '{"__proto__":{"items":[1]}}'],
    ['nested 40 000 deep', '['.repeat(40_000) + ']'.repeat(40_000)],
  ])('is left to the schema of the operation when it is %s', async (_case, content) => {
    expect(await sendQuote(content, { 'Content-Type': jsonType })).toMatchObject({ status: 422 });
    expect(product.handled).toEqual([]);
  });

  it('may be 100 000 bytes long and no longer, with and without its length in front', async () => {
    const sized = (length: number) => quote + ' '.repeat(length - quote.length);
    for (const chunked of [false, true]) {
      const largest = await sendQuote(sized(100_000), { 'Content-Type': jsonType }, { chunked });
      expect(largest.status).toBe(200);
      const tooLarge = await sendQuote(sized(100_001), { 'Content-Type': jsonType }, { chunked });
      expect(tooLarge).toMatchObject({ status: 413, code: 'payload_too_large' });
    }
    expect(product.decisions.map(({ decision }) => decision)).toEqual(['allow', 'deny', 'allow', 'deny']);
    expect(product.decisions[1]).toMatchObject({ caller: 'order', reason: 'content' });
  });

  it('is not read when the token is invalid: an unauthenticated caller cannot fill the memory', async () => {
    const socket = connect(product.port, '127.0.0.1');
    socket.write('POST /internal/quotes HTTP/1.1\r\nHost: x\r\nService-Token: a.b.c\r\nContent-Length: 90000\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it('that breaks off is one refusal, and the handler does not run', async () => {
    const decision = new Promise<void>((resolve) => {
      decided = resolve;
    });
    const token = product.signer.sign(quoteCall);
    const socket = connect(product.port, '127.0.0.1');
    const head = `POST /internal/quotes HTTP/1.1\r\nHost: x\r\nService-Token: ${token}\r\nContent-Length: 50\r\n\r\n`;
    socket.write(`${head}{"items"`, () => socket.destroy());
    await decision;
    expect(product.decisions).toMatchObject([{ decision: 'deny', reason: 'content' }]);
    expect(product.handled).toEqual([]);
  });
});
