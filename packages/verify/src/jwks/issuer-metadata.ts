import * as z from 'zod';
import { type Clock, readClock } from '../clock.ts';
import { parseMember } from '../key-material.ts';
import { fetchJson, type JsonRequest } from './fetch-json.ts';
import { type JwksFailure, JwksFetchError } from './jwks-fetch-error.ts';
import type { JwksLocation } from './jwks-source.ts';
import { isTemplate, parseDiscoveryUrl } from './jwks-url.ts';

export interface IssuerMetadataOptions extends Pick<JsonRequest, 'timeoutMs' | 'maxBytes'> {
  readonly issuer: string;
  readonly allowHttp: boolean;
  /** How long a found URL is used before it is looked for again, in seconds. */
  readonly staleForSeconds: number;
  readonly now: Clock;
}

interface Place {
  readonly name: string;
  readonly url: URL;
}

const Metadata = z.object({
  issuer: z.string(),
  // Optional in RFC 8414 §2, and required in OpenID Connect Discovery 1.0 §3.
  jwks_uri: z.string().optional(),
});

/** The failures after which the other place is asked: it may have what this one has not. After others, all is repeated. */
const elsewhere: ReadonlySet<JwksFailure> = new Set(['redirect', 'status', 'content', 'malformed']);

/**
 * Creates the location of an issuer's keys from its metadata. A found URL is kept until keys could not be fetched from
 * it, and for `staleForSeconds` at most.
 */
export function createIssuerMetadata(options: IssuerMetadataOptions): JwksLocation {
  const { now, staleForSeconds } = options;
  let known: { readonly url: URL; readonly at: number } | undefined;
  return {
    async find(signal) {
      const at = readClock(now);
      // Absolute difference: a clock that was set back must not keep a URL for longer.
      if (known !== undefined && Math.abs(at - known.at) <= staleForSeconds) return known.url;
      known = { url: await findJwksUrl(options, signal), at };
      return known.url;
    },
    forget() {
      known = undefined;
    },
  };
}

function placesOf(issuer: string): readonly [Place, Place] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const [oauth, openid] = ['oauth-authorization-server', 'openid-configuration'];
  return [
    // RFC 8414 §3.1: between the host and the path.
    { name: oauth, url: new URL(`${origin}/.well-known/${oauth}${path}`) },
    // OpenID Connect Discovery 1.0 §4: after the path.
    { name: openid, url: new URL(`${origin}${path}/.well-known/${openid}`) },
  ];
}

async function findJwksUrl(options: IssuerMetadataOptions, signal: AbortSignal): Promise<URL> {
  const [first, second] = placesOf(options.issuer);
  try {
    return await askPlace(first, options, signal);
  } catch (error) {
    if (!(error instanceof JwksFetchError) || !elsewhere.has(error.outcome)) throw error;
    return askPlace(second, options, signal, `${error.detail}; `);
  }
}

/** Reads the metadata at one place. The message of an error begins with `before`, what the place before answered. */
async function askPlace(
  { name, url }: Place,
  options: IssuerMetadataOptions,
  signal: AbortSignal,
  before = '',
): Promise<URL> {
  const { timeoutMs, maxBytes } = options;
  try {
    const answer = await fetchJson({ url, mediaTypes: ['application/json'], timeoutMs, maxBytes, signal });
    return readMetadata(answer.outcome === 'loaded' ? answer.json : undefined, options);
  } catch (error) {
    if (!(error instanceof JwksFetchError)) throw error;
    const { outcome, detail, cause } = error;
    throw new JwksFetchError(outcome, `${before}${name}: ${detail}`, { cause, document: 'metadata' });
  }
}

function readMetadata(json: unknown, { issuer, allowHttp }: IssuerMetadataOptions): URL {
  const metadata = orFailure('malformed', () => parseMember(Metadata, json, ''));
  assertSameIssuer(metadata.issuer, issuer);
  const { jwks_uri: jwksUri } = metadata;
  if (jwksUri === undefined) throw new JwksFetchError('malformed', 'jwks_uri is missing');
  return orFailure('jwks_uri', () => parseDiscoveryUrl('jwks_uri', jwksUri, { allowHttp }));
}

/** Turns the error of a parser, which names the member and no value, into a failure. */
function orFailure<T>(outcome: JwksFailure, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new JwksFetchError(outcome, error instanceof Error ? error.message : String(error));
  }
}

/** Compares names as text (RFC 8414 §3.3). The error does not repeat a name. */
function assertSameIssuer(named: string, issuer: string): void {
  if (named === issuer) return;
  if (isTemplate(named)) {
    throw new JwksFetchError(
      'issuer',
      'it is the template of every tenant: name your tenant in issuer, in place of common or organizations',
    );
  }
  const withoutSlash = (text: string) => text.replace(/\/$/, '');
  const isSlash = withoutSlash(named) === withoutSlash(issuer);
  throw new JwksFetchError(
    'issuer',
    `it names another issuer${isSlash ? ': only the slash at the end differs, and it counts' : ''}`,
  );
}
