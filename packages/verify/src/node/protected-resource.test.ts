import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import express4 from 'express4';
import { listen, send, type TestServer } from '../../test/http.ts';
import { protectedResource as expressResource } from '../express/index.ts';
import { type ProtectedResourceOptions, protectedResource } from './index.ts';

const metadata: ProtectedResourceOptions = {
  resource: 'https://api.example/shop',
  authorizationServers: ['https://auth.example'],
};
const path = '/.well-known/oauth-protected-resource/shop';
const document =
  '{"resource":"https://api.example/shop","authorization_servers":["https://auth.example"],"bearer_methods_supported":["header"]}';

function onExpress(app: Express, mount: string): Promise<TestServer> {
  const inner = express.Router().use(expressResource(metadata));
  app.use(mount, inner).use((_req, res) => void res.status(404).end());
  return listen(app);
}

const servers: [string, () => Promise<TestServer>][] = [
  ['Express 5', () => onExpress(express(), '/')],
  ['Express 5, on a mounted router', () => onExpress(express(), '/.well-known')],
  ['Express 4', () => onExpress(express4() as unknown as Express, '/')],
  [
    'node:http',
    () => {
      const serve = protectedResource(metadata);
      return listen((req, res) => void (serve(req, res) || res.writeHead(404).end()));
    },
  ],
];

describe.each(servers)('the metadata of an API on %s', (_name, start) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it.each([
    ['GET', path, []],
    ['GET', `${path}?a=1`, []],
    ['GET', path, [['Host', 'evil.example'] as const]],
    ['GET', `http://evil.example${path}`, []],
    ['GET', path, [['If-None-Match', '*'] as const]],
    ['HEAD', path, []],
  ])('answers %s %s', async (method, target, headers) => {
    const answer = await send(server.port, { method, target, headers });
    expect(answer).toMatchObject({ status: 200, text: method === 'HEAD' ? '' : document });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(document.length),
      'cache-control': 'max-age=3600',
    });
  });

  it.each([
    ['POST', path],
    ['PUT', path],
    ['GET', `${path}/`],
    ['GET', '/.well-known/oauth-protected-resource'],
  ])('leaves %s %s to others', async (method, target) => {
    expect(await send(server.port, { method, target })).toMatchObject({ status: 404, text: '' });
  });
});
