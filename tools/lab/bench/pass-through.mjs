// What services stand on, with nothing that proves who asks: no token is verified, signed, hashed or used up. The rest, the
// ledger of calls too, is real. For measurements only.
import * as real from '@auth/service';

export * from '@auth/service';

/** As the real one, but it believes whatever it is told. */
export async function openService(options) {
  const parts = await real.openService(options);
  const calls = { verify: believeCall };
  const signer = { service: options.service, sign: () => options.service };
  return { ...parts, verify: { verify: believeUser }, calls, signer };
}

const users = new Map();

/** The claims as they stand in a token. */
function believeUser(token) {
  const found = users.get(token);
  if (found !== undefined) return found;
  const { scope, aud, ...claims } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  const user = { ...claims, aud: [aud].flat(), scopes: new Set(scope.split(' ')) };
  users.set(token, user);
  return user;
}

/** The caller as it calls itself. */
function believeCall({ operation, serviceToken: caller, accessToken }) {
  const user = accessToken === undefined ? undefined : believeUser(accessToken);
  const call = { operation: operation.id, caller, kid: 'none', jti: 'none', user };
  return {
    ...call,
    async accept(_content, beforeUse) {
      beforeUse?.();
      return call;
    },
  };
}
