import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, origin, type Surroundings, trustedOrigin, useGateway } from './harness.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));

const named = (headers: Record<string, string>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));

describe('a page of a trusted origin', () => {
  it('gets an answer to its preflight, with the cookie allowed', async () => {
    const { status, headers } = await request(gateway.server)
      .options('/session')
      .set({ Origin: trustedOrigin, 'Access-Control-Request-Method': 'DELETE' });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': trustedOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('DELETE'),
      vary: expect.stringContaining('Origin'),
    });
  });

  it('can log in and read the answer', async () => {
    const { email, password } = around.userApp.user;
    const { status, headers } = await request(gateway.server)
      .post('/session')
      .set({ Origin: trustedOrigin, 'Sec-Fetch-Site': 'same-site' })
      .send({ email, password });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'access-control-allow-origin': trustedOrigin });
  });
});

describe('an answer of a service with Vary', () => {
  it('also varies by Origin', async () => {
    around.service.answer((res) => void res.writeHead(200, { vary: 'Accept-Language' }).end());
    const { headers } = await request(gateway.server)
      .get('/products')
      .set({ Origin: trustedOrigin, Authorization: 'Bearer x' });
    around.service.answer(undefined);
    expect(headers['vary']).toContain('Origin');
    expect(headers['vary']).toContain('Accept-Language');
  });
});

describe('a page of any other origin', () => {
  it.each([
    'https://evil.example',
    'null',
    `${trustedOrigin}.evil.example`,
    `${trustedOrigin}:8443`,
    'https://admin.examplE',
  ])('%s gets no CORS headers', async (from) => {
    const asked = await request(gateway.server)
      .options('/session')
      .set({ Origin: from, 'Access-Control-Request-Method': 'POST' });
    expect(named(asked.headers)).toEqual([]);
    const read = await request(gateway.server).get('/session').set({ Origin: from });
    expect(named(read.headers)).toEqual([]);
    expect(read.headers['vary']).toContain('Origin');
  });

  it('of the gateway itself gets no CORS headers', async () => {
    expect(named((await request(gateway.server).get('/session').set({ Origin: origin })).headers)).toEqual([]);
  });
});
