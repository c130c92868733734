import { requestHeaders } from '@auth/contracts';
import { createOpenApi } from '@auth/http';
import { declaredHeaders, documentFaults } from '@auth/testkit/app';
import { expect, it } from '@jest/globals';
import { routes } from '../src/routes.ts';

const openApi = createOpenApi({ title: 'order', description: '', routes });

it('the API document is valid OpenAPI 3.1, and its examples match its schemas', () => {
  expect(documentFaults(openApi)).toEqual([]);
});

it('the API document declares the request headers that the gateway forwards', () => {
  expect(declaredHeaders(openApi)).toEqual(requestHeaders.order);
});
