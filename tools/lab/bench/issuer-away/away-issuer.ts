import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createTestIssuer } from '@auth/verify/testing';
import type { Certificate } from '../../../../packages/verify/test/certificate.ts';

export const audience = 'billing';
const [oldKey, newKey] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

/** An issuer over https on a port of its own, which can go away. */
export interface AwayIssuer {
  readonly origin: string;
  readonly jwksUrl: string;
  /** Returns a good token, signed with the key that is published first, or with the one that comes later. */
  token(key: 'old' | 'new'): string;
  /** Closes the port and all connections. */
  goDown(): Promise<void>;
  /** Opens the same port again, and from now on publishes both keys. */
  comeBack(): Promise<void>;
  /** From now on accepts connections and answers nothing. */
  hang(): void;
}

/** Starts an issuer that publishes the old key. */
export async function openAwayIssuer(certificate: Certificate): Promise<AwayIssuer> {
  let isHanging = false;
  let published: readonly object[] = [];
  const listener: RequestListener = (req, res) => {
    if (isHanging) return;
    const body = req.url === '/jwks.json' ? { keys: published } : { issuer: origin, jwks_uri: jwksUrl };
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
  };
  const server = createServer(certificate, listener);
  const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening');
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const origin = `https://127.0.0.1:${port}`;
  const jwksUrl = `${origin}/jwks.json`;
  const options = { issuer: origin, audience: [audience], now: () => Date.now() / 1000 };
  const issuers = {
    old: createTestIssuer({ ...options, ...(oldKey && { privateKey: oldKey }) }),
    new: createTestIssuer({ ...options, ...(newKey && { privateKey: newKey }) }),
  };
  published = issuers.old.jwks.keys;
  return {
    origin,
    jwksUrl,
    token: (key) => issuers[key].token(),
    async goDown() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async comeBack() {
      isHanging = false;
      published = [...issuers.old.jwks.keys, ...issuers.new.jwks.keys];
      await listen(port);
    },
    hang() {
      isHanging = true;
    },
  };
}
