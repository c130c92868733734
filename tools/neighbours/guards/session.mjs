/** What a session's id has: 256 bits of base64url. */
const idLength = 43;

/**
 * A session in a store that all services share. So that every row is sent the same bytes, its id is the end of the header that
 * all of them get: it is cut off, which is less work than to look for a cookie, and not hashed. It says whose it is, and the scopes.
 */
export function sessionGuard(find, scope) {
  const guard = async (req, res, next) => {
    const id = req.headers.authorization?.slice(-idLength);
    const session = id === undefined ? undefined : await find(id);
    if (session === undefined) {
      res.status(401).end();
      return;
    }
    req.session = session;
    if (session.scopes.includes(scope)) next();
    else res.status(403).end();
  };
  return { guards: [guard], userOf: (req) => req.session.user };
}
