// Verifies an access token as somebody would who knows nothing of this repository: with jose, and with
// express-oauth2-jwt-bearer in its strict RFC 9068 mode, each given no more than URLs. A process of its own, because
// both are ES modules. Arguments: JWKS URL, issuer, audience, token. Prints what each says.
import { once } from 'node:events';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [jwksUri = '', issuer = '', audience = '', token = ''] = process.argv.slice(2);

const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(jwksUri)), {
  issuer,
  audience,
  typ: 'at+jwt',
  requiredClaims: ['exp', 'iat', 'sub', 'jti', 'client_id'],
});

const app = express();
app.use(auth({ issuer, jwksUri, audience, strict: true, tokenSigningAlg: 'RS256' }));
app.get('/', (req, res) => res.json({ sub: req.auth?.payload.sub }));
app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ error: error.message }));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;
const good = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
const bad = await fetch(url, { headers: { authorization: `Bearer ${token.slice(0, -8)}AAAAAAAA` } });
const bearer = { status: good.status, body: await good.json(), forged: bad.status };
server.close();

process.stdout.write(JSON.stringify({ jose: { sub: payload.sub, typ: protectedHeader.typ }, bearer }));
