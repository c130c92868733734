import { requestHeaders } from '@auth/contracts';
import { declaredHeaders, documentFaults } from '@auth/testkit/app';
import { expect, it } from '@jest/globals';
import { openApi } from '../src/openapi.ts';

it('has an API document that is valid OpenAPI 3.1, with examples that its own schemas accept', () => {
  expect(documentFaults(openApi)).toEqual([]);
});

it('declares the request headers that the gateway forwards', () => {
  expect(declaredHeaders(openApi)).toEqual(requestHeaders.user);
});
