import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { readIfMatch, versionTag } from './if-match.ts';

const app = express()
  .get('/', (req, res) => {
    res.json({ version: readIfMatch(req) ?? null });
  })
  .use(((error, _req, res, _next) => res.status(error.status).end()) as express.ErrorRequestHandler);

describe('readIfMatch', () => {
  it.each([
    ['no header', undefined, null],
    ['the tag of a version', versionTag(7), 7],
    ['a star', '*', 'any'],
  ])('reads %s', async (_case, value, version) => {
    const { body } = await request(app)
      .get('/')
      .set(value === undefined ? {} : { 'If-Match': value });
    expect(body).toEqual({ version });
  });

  it.each([
    ['a weak tag', 'W/"7"'],
    ['a list', '"7", "8"'],
    ['a tag without quotes', '7'],
    ['a version no product can have', '"99999999999999999999"'],
    ['a negative version', '"-1"'],
  ])('answers 412 to %s', async (_case, value) => {
    await request(app).get('/').set('If-Match', value).expect(412);
  });
});
