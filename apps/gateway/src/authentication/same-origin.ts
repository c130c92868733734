import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../gateway-error.ts';

/** The parts of a request that show its origin. */
export interface OriginFacts {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
const json = /^application\/json[ \t]*(?:;|$)/i;

/** Checks the origin of requests that change something: no page of another site may make a browser send one (CSRF). */
export interface SameOrigin {
  /**
   * For a request with the cookie: it must name an own or trusted origin, and content must be JSON. @throws GatewayError
   */
  assertOwn(request: OriginFacts): void;
  /** For a request without the cookie: it must not name another origin. @throws GatewayError */
  assertNotForeign(request: OriginFacts): void;
}

/**
 * Creates the check. It uses `Origin` and `Sec-Fetch-Site`, which browsers set and pages cannot. If both are present,
 * both must fit. It applies to all methods but safe ones. This is stricter than SameSite=Lax: a sibling subdomain is
 * another origin.
 *
 * @param origins `own`: the gateway's; `trusted`: others that may do the same. Exact, such as `https://shop.example`
 */
export function createSameOrigin({ own, trusted }: Record<'own' | 'trusted', readonly string[]>): SameOrigin {
  const origins: ReadonlySet<string> = new Set([...own, ...trusted]);
  const foreign: ReadonlySet<string> = new Set(trusted);

  function assertNotForeign({ method, headers }: OriginFacts): void {
    if (safeMethods.has(method)) return;
    const { origin, 'sec-fetch-site': site } = headers;
    if (origin !== undefined && !origins.has(origin)) refuse('another Origin');
    if (site === undefined || site === 'same-origin') return;
    // The browser sends `cross-site` or `same-site` for a trusted origin as well.
    if (origin === undefined || !foreign.has(origin)) refuse('Sec-Fetch-Site is not same-origin');
  }

  return {
    assertNotForeign,
    assertOwn(request) {
      const { method, headers } = request;
      if (safeMethods.has(method)) return;
      assertNotForeign(request);
      if (headers.origin === undefined && headers['sec-fetch-site'] === undefined)
        refuse('neither Origin nor Sec-Fetch-Site');
      if (hasContent(headers) && !json.test(headers['content-type'] ?? '')) {
        throw new GatewayError('not_json', 'content that is not JSON');
      }
    },
  };
}

function refuse(reason: string): never {
  throw new GatewayError('cross_site', reason);
}

function hasContent(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
