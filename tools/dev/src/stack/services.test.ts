import { services as audiences } from '@auth/contracts';
import { describe, expect, it } from '@jest/globals';
import { adminPort, hasDatabase, serviceNames, servicePort, services } from './services.ts';

describe('the ports of a stack', () => {
  it('begin with the gateway, and continue with the services, so that a new one changes no other port', () => {
    expect(servicePort('gateway', 4000)).toBe(4000);
    expect(audiences.map((name) => servicePort(name, 4000))).toEqual(audiences.map((_, index) => 4001 + index));
    expect(adminPort('gateway', 4000)).toBe(4100);
    expect(adminPort('user', 4000)).toBe(4101);
  });

  it('are all different', () => {
    const ports = serviceNames.flatMap((name) => [servicePort(name, 4000), adminPort(name, 4000)]);
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('the services of a stack', () => {
  it('include the gateway, with its own database', () => {
    expect([...serviceNames].sort()).toEqual([...audiences, 'gateway'].sort());
    expect(hasDatabase('gateway')).toBe(true);
    expect(services.gateway.folder).toMatch(/\/apps\/gateway$/);
  });
});
