/** The cookie that holds a session id. */
export interface SessionCookie {
  readonly name: string;
  /** Its values in a `Cookie` header: none, one, or more where somebody plays tricks. */
  read(header: string | undefined): readonly string[];
  /** A `Set-Cookie` header that hands a session id out. */
  give(id: string, maxAgeSeconds: number): string;
  /** A `Set-Cookie` header that takes it back. */
  readonly clear: string;
}

/**
 * Creates the cookie. Over https it has the `__Host-` prefix, with which a browser takes it from this very host alone
 * (RFC 6265bis §4.1.3.2). On plain http, which is for one's own machine, it can have neither that nor `Secure`. There a
 * browser sends every application the cookies of all ports of the host: the name is of this application and of this port.
 *
 * @param options `secure`: whether browsers come by https; `port`: the port where they find the gateway otherwise
 */
export function createSessionCookie({ secure, port = 80 }: { secure: boolean; port?: number }): SessionCookie {
  const name = secure ? '__Host-session' : `gateway_session_${port}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const prefix = `${name}=`;
  return {
    name,
    read(header) {
      if (header === undefined || !header.includes(prefix)) return [];
      // Space and tab alone: another space (U+00A0) in front of a name makes it another one to a browser, without its prefix.
      return header
        .split(/;[ \t]*/)
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length));
    },
    give: (id, maxAgeSeconds) => `${prefix}${id}; Max-Age=${Math.floor(maxAgeSeconds)}; ${attributes}`,
    clear: `${prefix}; Max-Age=0; ${attributes}`,
  };
}
