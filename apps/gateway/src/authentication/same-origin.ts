import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../gateway-error.ts';

/** A request, as far as it tells where it comes from. */
export interface Sender {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
const json = /^application\/json[ \t]*(?:;|$)/i;

/** Checks where requests that change something come from: no page of another site may make a browser send one. */
export interface SameOrigin {
  /** With a cookie: it must say that it comes from here, and be JSON if it has content. @throws GatewayError */
  assertOwn(request: Sender): void;
  /** Without one: it must not say that it comes from elsewhere. @throws GatewayError */
  assertNotForeign(request: Sender): void;
}

/**
 * By what browsers say and pages cannot: `Origin` and `Sec-Fetch-Site`. Both must agree where both are there. Checked for
 * every method but safe ones, which is more than SameSite=Lax does: a sibling subdomain is another origin here.
 *
 * @param origins the gateway's own, and those that are trusted like it (`https://shop.example`, exactly)
 */
export function createSameOrigin({ own, trusted }: Record<'own' | 'trusted', readonly string[]>): SameOrigin {
  const origins: ReadonlySet<string> = new Set([...own, ...trusted]);
  const foreign: ReadonlySet<string> = new Set(trusted);

  function assertNotForeign({ method, headers }: Sender): void {
    if (safeMethods.has(method)) return;
    const { origin, 'sec-fetch-site': site } = headers;
    if (origin !== undefined && !origins.has(origin)) refuse('Origin is another');
    if (site === undefined || site === 'same-origin') return;
    // A trusted origin is another site, or another origin of this one, and the browser says so.
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
