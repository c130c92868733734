import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificate } from '../../test/certificate.ts';
import { type JwksServer, jwksAnswer, openJwksServer } from '../../test/jwks-server.ts';
import { oldIssuer } from '../../test/jwks-setup.ts';

const program = fileURLToPath(new URL('../../test/discovery-process.ts', import.meta.url));
const certificate = createCertificate();
const folder = mkdtempSync(join(tmpdir(), 'auth-discovery-'));
const trusted = join(folder, 'ca.pem');
const answer = { jwksUri: '' };

const server = createServer(certificate, (req, res) => {
  const document = req.url === '/keys' ? oldIssuer.jwks : { issuer: issuer(), jwks_uri: answer.jwksUri };
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
});
let plain: JwksServer;

beforeAll(async () => {
  writeFileSync(trusted, certificate.cert);
  plain = await openJwksServer(jwksAnswer(oldIssuer.jwks));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
  await plain.close();
});

function issuer(): string {
  const address = server.address();
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Returns the outcome of a discovery in a process that trusts this certificate besides those of Node. */
async function discover(jwksUri: string, env: Readonly<Record<string, string>>): Promise<string> {
  answer.jwksUri = jwksUri;
  const args = ['--import', 'tsx', '--conditions=@auth/source', program, issuer()];
  const child = spawn(execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return said;
}

describe('discoverIssuer, over TLS,', () => {
  const trust = { NODE_EXTRA_CA_CERTS: trusted };

  it('has the keys of an issuer whose certificate is trusted', async () => {
    expect(await discover(`${issuer()}/keys`, trust)).toBe('loaded');
  });

  it('has no keys of an issuer whose certificate is not trusted', async () => {
    expect(await discover(`${issuer()}/keys`, {})).toBe('network');
  });

  it('does not follow a jwks_uri to plain HTTP, also on this machine', async () => {
    expect(await discover(plain.url, trust)).toBe('jwks_uri');
    expect(plain.requests).toEqual([]);
  });
});
