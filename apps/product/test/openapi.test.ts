import { requestHeaders } from '@auth/contracts';
import { createOpenApi } from '@auth/http';
import { declaredHeaders, documentFaults } from '@auth/testkit/app';
import { expect, it } from '@jest/globals';
import { routes } from '../src/routes.ts';

const openApi = createOpenApi({ title: 'product', description: '', routes });

it('has an API document that is valid OpenAPI 3.1, with examples that its own schemas accept', () => {
  expect(documentFaults(openApi)).toEqual([]);
});

it('declares the request headers that the gateway forwards', () => {
  expect(declaredHeaders(openApi)).toEqual(requestHeaders.product);
});
