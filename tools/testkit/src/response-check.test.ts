import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { checkResponses } from './response-check.ts';

const code = { type: 'object', required: ['code'], properties: { code: { enum: ['not_found'] } } };
const thing = { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } };
const document = {
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          '404': { content: { 'application/problem+json': { schema: code } } },
        },
      },
      delete: { responses: { '204': {} } },
    },
  },
  components: { schemas: { Thing: thing } },
};
const good = '{"id":"019b0000-0000-7000-8000-000000000003"}';
const [json, problem] = ['application/json; charset=utf-8', 'application/problem+json'];

/** Returns the result of the check for one answer. */
async function faultOf(method: 'get' | 'post' | 'delete', path: string, answer: [number, string, string]) {
  const [status, type, body] = answer;
  const app: RequestListener = (_req, res) => {
    res.statusCode = status;
    res.setHeader('Content-Type', type);
    res.write(body.slice(0, 3));
    res.end(body.slice(3));
  };
  const check = checkResponses(app, document);
  // As bytes: not every body here is the JSON that this client would look for.
  await request(check.listener)[method](path).responseType('blob');
  try {
    check.assertTrue();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

describe('checkResponses', () => {
  it.each<[string, 'get' | 'post' | 'delete', string, [number, string, string]]>([
    ['an answer as documented', 'get', '/things/1', [200, json, good]],
    ['a problem with a code as documented', 'get', '/things/1?a=b', [404, problem, '{"code":"not_found"}']],
    ['a path that is not there', 'get', '/nowhere', [404, problem, '{}']],
    ['a method that is not there', 'post', '/things/1', [405, problem, '{}']],
    ['a probe', 'get', '/livez', [200, json, 'whatever']],
    ['an internal route', 'get', '/internal/things', [200, json, '{}']],
  ])('is content with %s', async (_given, method, path, answer) => {
    expect(await faultOf(method, path, answer)).toBeUndefined();
  });

  it.each<[string, 'get' | 'post' | 'delete', string, [number, string, string], string]>([
    ['an undocumented status', 'get', '/things/1', [202, json, good], 'has only 200, 404'],
    ['another media type', 'get', '/things/1', [200, 'text/html', good], 'does not have "text/html"'],
    ['a body of another shape', 'get', '/things/1', [200, json, '{"id":"7"}'], 'body/id must match format "uuid"'],
    ['a code that is not listed', 'get', '/things/1', [404, problem, '{"code":"gone"}'], 'body/code must be equal'],
    ['a path that is served', 'get', '/things/1/x', [200, json, '{}'], 'the path is not in the document'],
    ['a method that is served', 'post', '/things/1', [200, json, '{}'], 'the method is not in the document'],
  ])('names %s', async (_given, method, path, answer, fault) => {
    expect(await faultOf(method, path, answer)).toContain(fault);
  });
});
