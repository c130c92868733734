import { spawn } from 'node:child_process';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  // Off-the-shelf verifiers use the system clock.
  harness = await openHarness({ startTime: Date.now() / 1000 });
});
afterAll(() => harness.close());

describe('an access token of this app', () => {
  it('is accepted by off-the-shelf verifiers: jose, and express-oauth2-jwt-bearer in strict mode', async () => {
    const { id, email } = await harness.addUser();
    const login = await request(harness.server).post('/auth/login').send({ email, password });
    const address = harness.server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const jwksUri = `http://127.0.0.1:${port}/.well-known/jwks.json`;
    const script = fileURLToPath(new URL('./off-the-shelf.mjs', import.meta.url));
    const args = [jwksUri, harness.issuer.issuer, 'product', login.body.access_token];
    const child = spawn(execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(JSON.parse(await text(child.stdout))).toEqual({
      jose: { sub: id, typ: 'at+jwt' },
      bearer: { status: 200, body: { sub: id }, forged: 401 },
    });
  });
});
