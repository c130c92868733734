import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type DiscoverySetup, keysPlace, oauthPlace, openidPlace, setUpDiscovery } from '../../test/discovery-setup.ts';
import { type JwksListener, jwksAnswer, openJwksServer, statusAnswer } from '../../test/jwks-server.ts';
import type { JwksFailure } from './index.ts';

const html: JwksListener = (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>secret');
const json = (content: string | Buffer, headers: Readonly<Record<string, string>> = {}): JwksListener => {
  return (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(content);
};
const redirect = statusAnswer(302, { Location: openidPlace });
const down: JwksListener = (req) => void req.socket.destroy();
/** Short only where it is waited for: a busy machine must not turn another failure into this one. */
const timeoutFor = (outcome: JwksFailure | 'loaded') => (outcome === 'timeout' ? 300 : 10_000);

let setup: DiscoverySetup;
afterEach(() => setup.close());

type Answer = (setup: DiscoverySetup) => JwksListener;

/** What the place of RFC 8414 answers, how discovery ends, and what it says. */
const endings: readonly (readonly [string, Answer, JwksFailure, string])[] = [
  ['names another issuer', (s) => s.metadata({ issuer: 'https://secret.example' }), 'issuer', 'names another issuer'],
  ['has one more slash', (s) => s.metadata({ issuer: `${s.issuer.issuer}/` }), 'issuer', 'only the slash at the end'],
  ['differs in case', (s) => s.metadata({ issuer: s.issuer.issuer.toUpperCase() }), 'issuer', 'names another issuer'],
  [
    'is the template of every tenant',
    (s) => s.metadata({ issuer: `${s.server.origin}/{tenantid}` }),
    'issuer',
    'name your tenant in issuer',
  ],
  ['leads to no absolute URL', (s) => s.metadata({ jwks_uri: keysPlace }), 'jwks_uri', 'must be an absolute https URL'],
  ['leads to a file', (s) => s.metadata({ jwks_uri: 'file:///secret' }), 'jwks_uri', 'must be an absolute https URL'],
  ['leads to nothing', (s) => s.metadata({ jwks_uri: '' }), 'jwks_uri', 'must be a non-empty string'],
  [
    'leads to a URL with a password',
    (s) => s.metadata({ jwks_uri: 'https://a:secret@auth.example/' }),
    'jwks_uri',
    'must be without user, password and fragment',
  ],
  ['is too large', () => json(' '.repeat(65_537)), 'too_large', 'more than 65536 bytes'],
  [
    'is too large unpacked',
    () => json(gzipSync(' '.repeat(65_537)), { 'Content-Encoding': 'gzip' }),
    'too_large',
    'more than 65536 bytes',
  ],
  ['never comes', () => () => {}, 'timeout', 'nothing whole within 300 ms'],
  ['breaks off', () => down, 'network', 'no connection, or one that broke'],
];

/** What the place of RFC 8414 answers so that the other place is asked. */
const passedOn: readonly (readonly [string, Answer, JwksFailure, string])[] = [
  ['is not there', () => statusAnswer(404), 'status', 'answered 404'],
  ['is forbidden', () => statusAnswer(403), 'status', 'answered 403'],
  ['is not there for a proxy', () => statusAnswer(503), 'status', 'answered 503'],
  ['is not conditional', () => statusAnswer(304), 'status', 'answered 304'],
  ['redirects', () => redirect, 'redirect', 'answered 302, which is not followed'],
  ['is a page', () => html, 'content', 'its Content-Type is not application/json'],
  [
    'has another type',
    (s) => jwksAnswer({ issuer: s.issuer.issuer, jwks_uri: `${s.server.origin}${keysPlace}` }),
    'content',
    'its Content-Type is not application/json',
  ],
  ['is no JSON', () => json('secret'), 'malformed', 'not JSON in UTF-8'],
  ['is no object', () => json('["secret"]'), 'malformed', 'the document must be an object'],
  ['names no issuer', () => json('{"jwks_uri":"https://secret.example"}'), 'malformed', 'issuer must be a string'],
  ['names no text', (s) => s.metadata({ issuer: [s.issuer.issuer] }), 'malformed', 'issuer must be a string'],
  ['has no jwks_uri', (s) => s.metadata({ jwks_uri: undefined }), 'malformed', 'jwks_uri is missing'],
  ['has a jwks_uri that is no text', (s) => s.metadata({ jwks_uri: 5 }), 'malformed', 'jwks_uri must be a string'],
];

/** Starts discovery with these two answers, and good keys. */
async function start(oauth: Answer, openid: Answer, outcome: JwksFailure | 'loaded'): Promise<void> {
  setup = await setUpDiscovery({ timeoutMs: timeoutFor(outcome) });
  setup.route({
    [oauthPlace]: oauth(setup),
    [openidPlace]: openid(setup),
    [keysPlace]: setup.keysOf(setup.issuer),
  });
  await setup.source.start();
  expect(setup.outcomes).toEqual([outcome]);
}

const good: Answer = (s) => s.metadata();
const missing: Answer = () => statusAnswer(404);

describe('discoverIssuer, of metadata that', () => {
  it.each(endings)('%s, has no keys and says so', async (_case, oauth, outcome, text) => {
    await start(oauth, good, outcome);
    expect(setup.server.targets).toEqual([oauthPlace]);
    expect(setup.outcomeFor(setup.issuer)).toBe('unavailable: keys_unavailable');
    expect(setup.messages).toEqual([
      expect.stringMatching(/^no JWKS URL from the issuer's metadata: oauth-authorization-server: /),
    ]);
    expect(setup.messages[0]).toContain(text);
    expect(setup.messages[0]).not.toMatch(/secret|127\.0\.0\.1/);
  });

  it.each(passedOn)('%s, asks at the other place', async (_case, oauth) => {
    await start(oauth, good, 'loaded');
    expect(setup.server.targets).toEqual([oauthPlace, openidPlace, keysPlace]);
    expect(setup.outcomeFor(setup.issuer)).toBe('accepted');
  });

  it.each([...endings, ...passedOn])(
    '%s, at the other place, has no keys and says so',
    async (...[, openid, outcome, text]) => {
      await start(missing, openid, outcome);
      expect(setup.server.targets).toEqual([oauthPlace, openidPlace]);
      expect(setup.outcomeFor(setup.issuer)).toBe('unavailable: keys_unavailable');
      const said = `no JWKS URL from the issuer's metadata: oauth-authorization-server: answered 404; openid-configuration: `;
      expect(setup.messages).toEqual([expect.stringContaining(said)]);
      expect(setup.messages[0]?.slice(said.length)).toContain(text);
      expect(setup.messages[0]).not.toMatch(/secret|127\.0\.0\.1/);
    },
  );
});

describe('discoverIssuer, without allowHttp,', () => {
  it('does not fall back to plain HTTP, and reports the connection that failed with its cause', async () => {
    const plain = await openJwksServer(statusAnswer(404));
    const errors: unknown[] = [];
    setup = await setUpDiscovery({
      issuer: plain.origin.replace('http:', 'https:'),
      allowHttp: false,
      onOutcome: (_outcome, error) => errors.push(error),
    });
    await setup.source.start();
    expect(errors).toEqual([expect.objectContaining({ outcome: 'network', cause: expect.any(Error) })]);
    expect(plain.targets).toEqual([]);
    await plain.close();
  });
});
