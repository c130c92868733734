import { createIssuerMetadata } from './issuer-metadata.ts';
import { type DiscoverIssuerOptions, readDiscoveryOptions } from './jwks-options.ts';
import { createSource, type JwksSource } from './jwks-source.ts';

/**
 * Creates a source of the keys of an issuer that is known by its name only: its metadata (RFC 8414, or OpenID Connect
 * Discovery 1.0) says where the keys are. Metadata and keys are fetched at the start and in the background, never for a
 * request; until both have come, `keys` is `unavailable`. The metadata must name exactly this issuer. Does not check who
 * answers, beyond TLS, and uses nothing else in the metadata.
 *
 * @throws TypeError when an option is wrong
 */
export function discoverIssuer(options: DiscoverIssuerOptions): JwksSource {
  const checked = readDiscoveryOptions(options);
  return createSource(checked, createIssuerMetadata(checked));
}
