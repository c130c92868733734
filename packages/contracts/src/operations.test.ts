import { describe, expect, it } from '@jest/globals';
import type { ZodType } from 'zod';
import { defineOperations } from './operation.ts';
import { operations } from './operations.ts';
import { services } from './services.ts';

const all = Object.entries(operations);

describe('operations', () => {
  it.each(all)('%s has its key as id, and the name of its callee in front', (key, { id }) => {
    expect(id).toBe(key);
    expect(id).toMatch(/^[a-z][a-z0-9-]*:[a-z]+\.[a-z]+$/);
    expect(services).toContain(id.split(':')[0]);
  });

  it.each(all)('%s lives below /internal, with plain segments and named parameters', (_id, { path }) => {
    expect(path).toMatch(/^\/internal(\/(:[a-z]\w*|[a-z][a-z-]*))+$/);
  });

  it.each(all)('%s has a schema for the parameters of its path, and for no others', (_id, { path, request }) => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const shape = 'params' in request ? Object.keys(request.params.shape) : [];
    expect(shape.sort()).toEqual(named.sort());
  });

  it.each(all)('%s refuses unknown parts of a request', (_id, { request }) => {
    const schemas: readonly ZodType[] = Object.values(request);
    for (const schema of schemas) {
      const issues = schema.safeParse({ role: 'admin' }).error?.issues ?? [];
      expect(issues.map(({ code }) => code)).toContain('unrecognized_keys');
    }
  });

  it.each(all)('%s lists existing callers, and never its own service', (id, { callers }) => {
    const [callee] = id.split(':');
    for (const caller of callers) {
      expect(services).toContain(caller);
      expect(caller).not.toBe(callee);
    }
  });

  it('have one route each: no two share method and path', () => {
    const routes = all.map(([id, { method, path }]) => `${id.split(':')[0]} ${method} ${path.replace(/:\w+/g, ':')}`);
    expect(new Set(routes).size).toBe(routes.length);
  });
});

describe('defineOperations', () => {
  it('accepts no id but the key', () => {
    const [, spec] = all[0] ?? [];
    if (spec === undefined) throw new Error('there are no operations');
    const defined = defineOperations({ 'order:orders.read': { ...spec, callers: [] } });
    expect(defined['order:orders.read'].id).toBe('order:orders.read');
  });
});
