import { issuerService } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { publicJwk, type SigningJwk } from '@auth/keys/signing-key';
import { jwksFreshSeconds, skewSeconds } from '@auth/verify/times';
import { documentOf, type Folder } from '../folder.ts';
import { accessTokenLife, type KeyKind } from '../key-kind.ts';
import { everywhereAccepted } from '../replicas.ts';

/**
 * The signing keys, which sign access tokens. The issuer holds them, and every other service their public halves. `alg` is
 * the algorithm of the keys that `make` makes: that of the active key unless given.
 */
export function signingKeys(make: () => Promise<SigningJwk>, alg?: SigningJwk['alg']): KeyKind<SigningJwk> {
  return {
    name: 'signing',
    use: `${issuerService} signs`,
    place: 'in every document',
    next: {
      published: 'when every service has loaded it, and others had time to fetch it, run it again to sign with it',
      switched: 'when the last token of the old key has expired, run it again to remove that key',
    },
    make,
    read: (folder) => ({
      keys: documentOf(folder, issuerService).signing ?? [],
      halfRemoved: [],
      problem: undefined,
    }),
    documents(folder, keys) {
      const issuer = { ...documentOf(folder, issuerService), signing: [...keys] };
      // The issuer first, in both orders: an interrupted step is completed from its document.
      return [issuer, ...published(folder, issuer)];
    },
    beforePublication(folder) {
      const algorithm = alg ?? documentOf(folder, issuerService).signing?.find(({ state }) => state === 'active')?.alg;
      if (algorithm === undefined || everywhereAccepted.includes(algorithm)) return [];
      // A replica that does not know the algorithm refuses a document with such a key, and would not start with it.
      return [...folder.keys()].map((service) => ({ service, algorithm }));
    },
    beforeUse(kid, folder, setting) {
      const maxAge = setting(issuerService, 'jwksMaxAgeSeconds') ?? jwksFreshSeconds;
      const verifiers = [...folder.keys()].filter((service) => service !== issuerService);
      return [
        // Public keys that were fetched just before this one was published may be kept for that long.
        { service: issuerService, kid, member: 'signing', forSeconds: maxAge + skewSeconds },
        ...verifiers.map((service) => ({ service, kid, member: 'issuer.jwks' })),
      ];
    },
    // The last token that the old key signed must have expired.
    beforeRemoval: (kid, setting) => [
      {
        service: issuerService,
        kid,
        member: 'signing',
        state: 'active',
        forSeconds: accessTokenLife(setting) + skewSeconds,
      },
    ],
  };
}

/** Every other document, with the public keys of the issuer. */
export function published(folder: Folder, { issuer, signing = [] }: KeyDocument): KeyDocument[] {
  const jwks = { keys: signing.map(publicJwk) };
  return [...folder.values()]
    .filter(({ service }) => service !== issuerService)
    .map((document) => ({ ...document, issuer: { iss: issuer.iss, jwks } }));
}
