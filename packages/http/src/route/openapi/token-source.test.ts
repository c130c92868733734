import { documentFaults } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import { createOpenApi } from './document.ts';
import { withTokenSource } from './token-source.ts';

const document = createOpenApi({ title: 'things', description: 'None.', routes: {} });

describe('withTokenSource', () => {
  it.each([
    ['http://127.0.0.1:4001', 'curl -s http://127.0.0.1:4001/auth/login -H '],
    ['https://auth.example.com/', 'curl -s https://auth.example.com/auth/login -H '],
    ['https://example.com/tenant', 'curl -s https://example.com/tenant/auth/login -H '],
  ])('tells how to log in at the issuer %s', (issuer, command) => {
    expect(withTokenSource(document, issuer)).toHaveProperty(
      'components.securitySchemes.bearer.description',
      expect.stringContaining(command),
    );
  });

  it('changes nothing else, and the document stays valid', () => {
    const told = withTokenSource(document, 'https://auth.example.com');
    expect(documentFaults(told)).toEqual([]);
    expect(told).toMatchObject({ ...document, components: { schemas: document.components?.schemas } });
    expect(told).toHaveProperty('components.securitySchemes.bearer.scheme', 'bearer');
  });
});
