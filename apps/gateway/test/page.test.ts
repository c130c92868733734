import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, useGateway } from './harness.ts';

describe('a gateway without PAGE_DIR', () => {
  let gateway: Harness;
  useGateway((opened) => ({ gateway } = opened));

  it.each(['/', '/index.html', '/shop.css', '/shop.js'])('GET %s answers 404', async (path) => {
    expect((await request(gateway.server).get(path)).status).toBe(404);
  });
});
