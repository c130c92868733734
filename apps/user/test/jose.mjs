// Verifies access tokens with jose, given no more than URLs: a process of its own, because jose is an ES module.
// Arguments: JWKS URL, issuer, audience, tokens. Prints the algorithm of each token, or the code of its refusal.
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [jwksUri = '', issuer = '', audience = '', ...tokens] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL(jwksUri));
const outcomes = [];
for (const token of tokens) {
  const outcome = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' }).then(
    ({ protectedHeader }) => protectedHeader.alg,
    ({ code }) => code,
  );
  outcomes.push(outcome);
}
process.stdout.write(JSON.stringify(outcomes));
