/** Length of a session id: 256 bits in base64url. */
const idLength = 43;

/**
 * A session in a store that all services share, with its user and scopes. The id is the end of the header that every row gets,
 * which is less work than a cookie. It is not hashed.
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
