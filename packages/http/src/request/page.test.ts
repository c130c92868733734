import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Express } from 'express';
import express from 'express';
import request from 'supertest';
import * as z from 'zod';
import { PageQuery, page } from './page.ts';
import { readQuery } from './read.ts';

const ids = Array.from({ length: 5 }, (_, i) => ({ id: `019b0000-0000-7000-8000-00000000000${i}` }));

function listing(): Express {
  return express()
    .get('/things', (req, res) => {
      const { cursor, limit } = readQuery(req, z.object({ ...PageQuery, q: z.string().optional() }));
      const rest = ids.filter(({ id }) => cursor === undefined || id > cursor);
      const { body, headers } = page(req, { items: rest.slice(0, limit), more: rest.length > limit });
      res.set(headers).json(body);
    })
    .use(((error, _req, res, _next) => res.status(error.status).json(error.errors)) as express.ErrorRequestHandler);
}

describe('a list in pages', () => {
  it('returns every item once when next_cursor is followed', async () => {
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const { body } = await request(listing()).get(`/things${query}`);
      seen.push(...body.items);
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  it('has a Link to the next page that keeps the other parameters', async () => {
    const { headers, body } = await request(listing()).get('/things?q=a%20b&limit=2');
    expect(headers['link']).toBe(`</things?q=a+b&limit=2&cursor=${body.next_cursor}>; rel="next"`);
  });

  it('has a Link without a host, also for a request target with a host', async () => {
    const server = listing().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [res] = await once(get({ host: '127.0.0.1', port, path: 'http://evil.example/things?limit=2' }), 'response');
    res.resume();
    server.close();
    expect(res.headers.link).toMatch(/^<\/things\?limit=2&cursor=/);
  });

  it('has no Link and no cursor on its last page', async () => {
    const { headers, body } = await request(listing()).get('/things');
    expect(headers['link']).toBeUndefined();
    expect(body).toEqual({ items: ids, next_cursor: null });
  });

  it.each([
    ['a limit of 0', 'limit=0', '/limit'],
    ['a limit of 101', 'limit=101', '/limit'],
    ['a limit in another notation', 'limit=1e1', '/limit'],
    ['a cursor that is none', 'cursor=abc', '/cursor'],
    ['a cursor given twice', 'cursor=a&cursor=b', '/cursor'],
  ])('refuses %s with 422', async (_case, query, pointer) => {
    const { status, body } = await request(listing()).get(`/things?${query}`);
    expect([status, body[0].pointer]).toEqual([422, pointer]);
  });
});
