import { documentFaults } from '@auth/testkit/app';
import { expect, it } from '@jest/globals';
import { openApi } from '../src/openapi.ts';

it('has an API document that is valid OpenAPI 3.1, with examples that its own schemas accept', () => {
  expect(documentFaults(openApi)).toEqual([]);
});
