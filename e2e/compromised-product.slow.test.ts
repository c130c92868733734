import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '@auth/contracts';
import { demoAccounts } from '@auth/contracts/demo-accounts';
import { ada, mug, readSettings, type Stack, startStack } from '@auth/dev';
import type { KeyDocument } from '@auth/keys';
import { newDataDir } from '@auth/testkit/dev-process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from './journey-client.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';
import { jws, keyMaterialOf, kidsOf, mac, ownKeyPair, serviceClaims } from './stolen-document.ts';

let data: ReturnType<typeof newDataDir>;
let databases: Awaited<ReturnType<typeof openStackDatabases>>;
let stack: Stack;
/** The attacker's data: product's whole document, and the access tokens that users send to product. */
let stolen: KeyDocument;
let adasToken: string;

beforeAll(async () => {
  data = newDataDir();
  const [portBase, opened] = await Promise.all([freePortBase(), openStackDatabases()]);
  databases = opened;
  const env = { ...process.env, ...databases.env, PORT_BASE: String(portBase), DATA_DIR: data.dataDir };
  const serviceEnv = { LOG_FORMAT: 'json' };
  stack = await startStack({ settings: readSettings(env), watch: false, say: () => undefined, serviceEnv, seed: true });
  stolen = await documentOf('product');
  const login = { email: ada.email, password: ada.password };
  const url = `${stack.urls.user}/auth/login`;
  adasToken = (await createClient().json<{ access_token: string }>('POST', url, login)).access_token;
}, 60_000);

afterAll(async () => {
  await stack?.close();
  await databases?.drop();
  data.remove();
});

async function documentOf(service: 'user' | 'product' | 'order'): Promise<KeyDocument> {
  return JSON.parse(await readFile(stack.keyFiles[service], 'utf8'));
}

interface Attempt {
  readonly what: string;
  readonly token: string;
}

/** The operations of user, order and product. */
const contact = {
  callee: 'user',
  operation: 'user:contacts.read',
  method: 'GET',
  path: `/internal/users/${ada.id}/contact`,
} as const;
const read = {
  callee: 'order',
  operation: 'order:orders.read',
  method: 'GET',
  path: `/internal/orders/${ada.id}`,
} as const;
const quote = {
  callee: 'product',
  operation: 'product:quotes.create',
  method: 'POST',
  path: '/internal/quotes',
  body: JSON.stringify({ items: [{ productId: mug.id, quantity: 1 }] }),
} as const;
type Call = typeof contact | typeof read | typeof quote;

/** Sends a call with a service token, and with Ada's access token to user, which requires one. */
async function send(call: Call, token: string) {
  const response = await fetch(`${stack.urls[call.callee]}${call.path}`, {
    method: call.method,
    headers: {
      'service-token': token,
      ...('body' in call ? { 'content-type': 'application/json' } : {}),
      ...(call === contact ? { authorization: `Bearer ${adasToken}` } : {}),
    },
    ...('body' in call ? { body: call.body } : {}),
  });
  return answerOf(response);
}

async function answerOf(response: Response): Promise<string> {
  const { code = '' } = (await response.json()) as { code?: string };
  return `${response.status} ${code}`.trim();
}

function serviceToken(
  call: Call,
  {
    key,
    kid,
    iss,
    aud,
    alg = 'HS256',
  }: { key: Buffer; kid: string; iss: string; aud?: string | string[]; alg?: string },
) {
  const bearer = call === contact ? { bearer: adasToken } : {};
  const claims = serviceClaims({ ...call, iss, aud: aud ?? call.callee, ...bearer });
  return jws({ alg, typ: 'service+jwt', kid }, claims, mac(alg, key));
}

/** Lists every key with every id and name; the ids of the other edges are not secret. */
function forgedCalls(call: Call): Attempt[] {
  const guessed = ['order.user.1', 'product.user.1', 'product.order.1', 'user.order.1'];
  const kids = [...kidsOf(stolen), ...guessed.flatMap((kid) => [kid, `${kid}.dev`])];
  return Object.entries(keyMaterialOf(stolen)).flatMap(([name, key]) =>
    kids.flatMap((kid) =>
      services.map((iss) => ({ what: `${name}, ${kid}, as ${iss}`, token: serviceToken(call, { key, kid, iss }) })),
    ),
  );
}

async function answersTo(call: Call, attempts: readonly Attempt[]): Promise<string[]> {
  const answers = new Set<string>();
  for (const { what, token } of attempts) {
    const answer = await send(call, token);
    answers.add(answer === '400 invalid_service_token' ? answer : `${answer}: ${what}`);
  }
  return [...answers];
}

const secretAtProduct = () => stolen.accepts['order']?.[0] ?? { kid: '', secret: '' };

describe('an attacker with the whole key document of product', () => {
  it('has no key for calls, and none for access tokens', () => {
    expect([stolen.calls, stolen.signing]).toEqual([{}, undefined]);
  });

  it('creates tokens like those of real services: product accepts them, and user would with the key of order', async () => {
    const own = secretAtProduct();
    const key = Buffer.from(own.secret, 'base64url');
    // In its first seconds product refuses service tokens that may have been used before its start.
    let answer = '503 unavailable';
    for (let tries = 0; answer === '503 unavailable' && tries < 20; tries += 1) {
      await delay(500);
      answer = await send(quote, serviceToken(quote, { key, kid: own.kid, iss: 'order' }));
    }
    expect(answer).toBe('200');
    const [real] = (await documentOf('order')).calls['user'] ?? [];
    const realKey = Buffer.from(real?.secret ?? '', 'base64url');
    expect(await send(contact, serviceToken(contact, { key: realKey, kid: real?.kid ?? '', iss: 'order' }))).toBe(
      '200',
    );
  });

  it.each([
    ['user', contact],
    ['order', read],
  ] as const)(
    'cannot call %s: not with any key under any id and name',
    async (_callee, call) => {
      const attempts = forgedCalls(call);
      expect(attempts.length).toBeGreaterThan(300);
      expect(await answersTo(call, attempts)).toEqual(['400 invalid_service_token']);
    },
    120_000,
  );

  it.each([
    ['user', contact],
    ['order', read],
  ] as const)(
    'cannot call %s with what was meant for product, nor with another algorithm, nor with a user’s token',
    async (_callee, call) => {
      const { kid, secret } = secretAtProduct();
      const key = Buffer.from(secret, 'base64url');
      const attempts: Attempt[] = [
        { what: 'meant for product', token: serviceToken(call, { key, kid, iss: 'order', aud: 'product' }) },
        {
          what: 'meant for both',
          token: serviceToken(call, { key, kid, iss: 'order', aud: ['product', call.callee] }),
        },
        ...['HS384', 'HS512'].map((alg) => ({ what: alg, token: serviceToken(call, { key, kid, iss: 'order', alg }) })),
        { what: 'a user’s token', token: adasToken },
        {
          what: 'no algorithm',
          token: jws(
            { alg: 'none', typ: 'service+jwt', kid },
            serviceClaims({ ...call, iss: 'order', aud: call.callee }),
            () => Buffer.alloc(0),
          ),
        },
      ];
      expect(await answersTo(call, attempts)).toEqual(['400 invalid_service_token']);
    },
  );

  it('cannot create an access token that user or order accepts', async () => {
    const pair = ownKeyPair();
    const [jwk] = stolen.issuer.jwks?.keys ?? [];
    const kid = jwk?.kid ?? '';
    const typ = 'at+jwt';
    const kids = [...kidsOf(stolen), undefined];
    const attempts: Attempt[] = [
      ...Object.entries(keyMaterialOf(stolen)).flatMap(([name, key]) =>
        ['HS256', 'HS384', 'HS512'].flatMap((alg) =>
          kids.map((id) => ({
            what: `${alg} with ${name}, ${id}`,
            token: jws({ alg, typ, kid: id }, admin(), mac(alg, key)),
          })),
        ),
      ),
      // The right algorithm in the header, with a MAC in place of the signature.
      ...Object.entries(keyMaterialOf(stolen)).map(([name, key]) => ({
        what: `RS256 in name, with ${name}`,
        token: jws({ alg: 'RS256', typ, kid }, admin(), mac('HS256', key)),
      })),
      ...['none', 'None', 'NONE'].map((alg) => ({
        what: alg,
        token: jws({ alg, typ, kid }, admin(), () => Buffer.alloc(0)),
      })),
      { what: 'a key of its own', token: jws({ alg: 'RS256', typ, kid }, admin(), pair.rs256) },
      {
        what: 'a key of its own under its own id',
        token: jws({ alg: 'RS256', typ, kid: 'mine' }, admin(), pair.rs256),
      },
      { what: 'a key in the header', token: jws({ alg: 'RS256', typ, kid, jwk: pair.jwk }, admin(), pair.rs256) },
      {
        what: 'an address in the header',
        token: jws({ alg: 'RS256', typ, kid, jku: 'https://evil.example' }, admin(), pair.rs256),
      },
      {
        what: 'a service token',
        token: serviceToken(quote, {
          key: Buffer.from(secretAtProduct().secret, 'base64url'),
          kid: secretAtProduct().kid,
          iss: 'order',
        }),
      },
      {
        what: 'Ada’s token with other claims',
        token: adasToken.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(admin())).toString('base64url')}.`),
      },
    ];
    expect(attempts.length).toBeGreaterThan(150);
    const answers = new Set<string>();
    for (const { what, token } of attempts) {
      for (const answer of await ask(token)) {
        answers.add(answer === '401 invalid_token' ? answer : `${answer}: ${what}`);
      }
    }
    expect([...answers]).toEqual(['401 invalid_token']);
  }, 120_000);

  it('would be accepted everywhere with the issuer’s key, which it does not have', async () => {
    const [own] = (await documentOf('user')).signing ?? [];
    const key = createPrivateKey({ key: { ...own }, format: 'jwk' });
    const token = jws({ alg: 'RS256', typ: 'at+jwt', kid: own?.kid }, admin(), (input) =>
      sign('sha256', Buffer.from(input), key),
    );
    expect(await ask(token)).toEqual(['200', '200']);
  });
});

/** The claims of an administrator. */
function admin() {
  const iat = Math.floor(Date.now() / 1000);
  const { id, roles, scopes } = demoAccounts.admin;
  return {
    iss: stolen.issuer.iss,
    aud: [...services],
    sub: id,
    client_id: 'first-party',
    iat,
    exp: iat + 600,
    jti: randomBytes(16).toString('base64url'),
    sid: '019b0000-0000-7000-8000-0000000f0e6d',
    auth_time: iat,
    scope: scopes.join(' '),
    roles,
  };
}

/** Returns the answers of user and order to an access token. */
async function ask(token: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}` };
  const urls = [`${stack.urls.user}/users`, `${stack.urls.order}/orders`];
  return Promise.all(urls.map(async (url) => answerOf(await fetch(url, { headers }))));
}
