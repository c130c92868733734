import { type DiscoverIssuerOptions, discoverIssuer } from '../src/jwks/index.ts';
import { createTestIssuer, type TestIssuer } from '../src/testing/index.ts';
import { otherKey, privateKey } from './access-tokens.ts';
import { type JwksListener, jwksAnswer, openJwksServer, statusAnswer } from './jwks-server.ts';
import { type JwksSetup, setUpSource } from './jwks-setup.ts';
import { startOfTests } from './test-clock.ts';

/** Answers by target; 404 for every other one. */
export type Routes = Readonly<Record<string, JwksListener>>;

/** An issuer that is known by its name only, with the server that answers for it. */
export interface DiscoverySetup extends JwksSetup {
  readonly issuer: TestIssuer;
  /** The same issuer after it changed its key. */
  readonly successor: TestIssuer;
  /** The JWK Set of one of the two, with an ETag that both share. */
  readonly keysOf: (issuer: TestIssuer) => JwksListener;
  /** The metadata of the issuer; members can be replaced, or left out with `undefined`. */
  readonly metadata: (members?: Readonly<Record<string, unknown>>) => JwksListener;
  /** From now on the server has these routes. */
  route(routes: Routes): void;
}

/** The places of the metadata of an issuer with the path `/tenant`, and a place of keys. */
export const oauthPlace = '/.well-known/oauth-authorization-server/tenant';
export const openidPlace = '/tenant/.well-known/openid-configuration';
export const keysPlace = '/keys';

/** Sets up the discovery of an issuer whose name has this path. It is not started yet, and its server knows no route. */
export async function setUpDiscovery(
  options: Partial<DiscoverIssuerOptions> = {},
  path = '/tenant',
): Promise<DiscoverySetup> {
  const server = await openJwksServer(statusAnswer(404));
  const issuer = `${server.origin}${path}`;
  const setup = setUpSource(
    server,
    (common) => discoverIssuer({ issuer, allowHttp: true, ...common, ...options }),
    issuer,
  );
  const issuerOptions = { issuer, audience: ['order'], now: () => startOfTests };
  return {
    ...setup,
    issuer: createTestIssuer({ ...issuerOptions, privateKey }),
    successor: createTestIssuer({ ...issuerOptions, privateKey: otherKey }),
    keysOf: ({ jwks }) => jwksAnswer(jwks, { ETag: '"1"' }),
    metadata(members = {}) {
      const document = { issuer, jwks_uri: `${server.origin}${keysPlace}`, ...members };
      return jwksAnswer(document, { 'Content-Type': 'application/json' });
    },
    route(routes) {
      server.answer((req, res) => (routes[req.url ?? ''] ?? statusAnswer(404))(req, res));
    },
  };
}
