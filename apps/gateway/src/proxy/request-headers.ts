import { Problem } from '@auth/http';
import { framingProblem } from './admission.ts';
import { connectionFields, namedByConnection } from './connection-fields.ts';
import { forwardedNames } from './forwarded-headers.ts';

/**
 * Fields that HTTP defines for a request and that mean the same at the service: about the content, the conditions, the
 * wanted representation, the user agent, the page of the request, and the trace.
 */
const standard =
  /^(?:accept(?:-(?:charset|encoding|language))?|cache-control|content-(?:digest|encoding|language|length|location|type)|date|dnt|if-(?:match|modified-since|none-match|range|unmodified-since)|origin|pragma|prefer|priority|range|referer|repr-digest|save-data|sec-(?:ch-ua[a-z-]*|fetch-[a-z]+|gpc)|tracestate|user-agent|want-(?:content|repr)-digest)$/;

/** Fields that no service can declare: they concern only the client and the gateway, or are written by the gateway. */
const reserved: ReadonlySet<string> = new Set([
  ...connectionFields,
  ...forwardedNames,
  'host',
  'cookie',
  'expect',
  'service-token',
  'forwarded',
]);

/** Fields with one value. Of two values, two parties could each read another one. */
const single: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'host',
  'origin',
  'cookie',
  'expect',
  'idempotency-key',
  'if-match',
  'range',
  'referer',
  'sec-fetch-site',
  'user-agent',
]);

/** Fields that define the end of a request. */
const framing: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** The headers of a request for a service. */
export interface RequestHeaders {
  /** Lower-case names and values in turn. */
  readonly passed: string[];
  /** Not in `passed`: the authorizer decides whether it is forwarded. */
  readonly authorization: string | undefined;
}

export interface RequestHeadersOptions {
  /** The whole `Connection` header. */
  readonly connection: string | undefined;
  /** The fields that the routes of the service declare, in lower case. */
  readonly declared: readonly string[];
}

/**
 * Selects the headers of a request that are forwarded: the fields that HTTP defines for a request, and those that the
 * routes of the service declare. A service or its proxy could trust any other field. `forwardedNames` are set by the
 * gateway, and never taken from the request.
 *
 * @throws Problem invalid_request for a repeated field with one value, and for a coding of the body that cannot be
 *   forwarded
 */
export function readRequestHeaders(
  rawHeaders: readonly string[],
  { connection, declared }: RequestHeadersOptions,
): RequestHeaders {
  const named = namedByConnection(connection);
  const passed: string[] = [];
  const seen: string[] = [];
  let authorization: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (single.has(name)) {
      if (seen.includes(name)) throw repeated(name);
      seen.push(name);
    }
    if (name === 'transfer-encoding') assertChunked(value);
    if (named.has(name)) continue;
    if (name === 'authorization') authorization = value;
    if (standard.test(name) || (declared.includes(name) && !reserved.has(name))) passed.push(name, value);
  }
  return { passed, authorization };
}

function repeated(name: string): Problem {
  const detail = `Send ${name} once.`;
  return framing.has(name)
    ? framingProblem(detail, 'header')
    : new Problem('invalid_request', { detail, reason: 'header' });
}

/** Refuses other codings: the gateway would remove the name of the coding, and the service would misread the body. */
function assertChunked(value: string): void {
  if (value.toLowerCase() === 'chunked') return;
  throw framingProblem('Send no Transfer-Encoding but chunked.', 'header');
}
