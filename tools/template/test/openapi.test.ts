import { createOpenApi } from '@auth/http';
import { documentFaults } from '@auth/testkit/app';
import { expect, it } from '@jest/globals';
import { routes } from '../src/routes.ts';

it('has an API document that is valid OpenAPI 3.1, with examples that its own schemas accept', () => {
  expect(documentFaults(createOpenApi({ title: 'template', description: '', routes }))).toEqual([]);
});
