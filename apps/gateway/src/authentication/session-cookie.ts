/** The cookie that holds a session id. */
export interface SessionCookie {
  readonly name: string;
  /**
   * Returns the values of the cookie in a `Cookie` header. More than one is an attack, or a mistake of another
   * application.
   */
  read(header: string | undefined): readonly string[];
  /** Returns the `Set-Cookie` header that sets a session id. */
  give(id: string, maxAgeSeconds: number): string;
  /** The `Set-Cookie` header that deletes the cookie. */
  readonly clear: string;
}

/**
 * Creates the cookie. Over https it has the `__Host-` prefix, so that a browser accepts it only from this host (RFC
 * 6265bis §4.1.3.2). Plain http, for development, allows neither the prefix nor `Secure`. A browser then sends a host's
 * cookies to all its ports, so the name contains the port.
 *
 * @param options `secure`: whether browsers use https; `port`: the public port of the gateway without https
 */
export function createSessionCookie({ secure, port = 80 }: { secure: boolean; port?: number }): SessionCookie {
  const name = secure ? '__Host-session' : `gateway_session_${port}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const prefix = `${name}=`;
  return {
    name,
    read(header) {
      if (header === undefined || !header.includes(prefix)) return [];
      // Only space and tab are removed: with another space (U+00A0) in front, a browser sees a name without the `__Host-`
      // prefix.
      return header
        .split(/;[ \t]*/)
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length));
    },
    give: (id, maxAgeSeconds) => `${prefix}${id}; Max-Age=${Math.floor(maxAgeSeconds)}; ${attributes}`,
    clear: `${prefix}; Max-Age=0; ${attributes}`,
  };
}
