import { secretsOf } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { completeFolder } from '../../../test/folders.ts';
import { blastRadius, inWords } from './blast-radius.ts';

const folder = completeFolder();

/** Lists what the holder of a document can do. */
function powersOf(service: string) {
  const { powers, revoke } = blastRadius(folder, service);
  return { held: powers.filter(({ where }) => where.length > 0).map(({ what, where }) => `${what}: ${where}`), revoke };
}

describe('blastRadius', () => {
  it('of product is forged calls to product itself: no calls to others, no access tokens', () => {
    expect(powersOf('product')).toEqual({
      held: [
        'forge calls that only product itself believes, in the name of others: order',
        'link the user hashes of audit lines to users: product',
      ],
      revoke: ['order.product.2'],
    });
  });

  it('of order is the calls of order, and no access tokens', () => {
    expect(powersOf('order')).toEqual({
      held: [
        'call other services as order: user:contacts.read,product:quotes.create',
        'link the user hashes of audit lines to users: order',
      ],
      revoke: ['order.user.1', 'order.product.2'],
    });
  });

  it('of user is access tokens for any user at every service', () => {
    const { held, revoke } = powersOf('user');
    expect(held[0]).toBe('make access tokens for any user: order,product,user');
    expect(revoke).toEqual(['signing.1', 'order.user.1']);
  });

  it('of the gateway is the stored sessions: no calls, no access tokens', () => {
    expect(powersOf('gateway')).toEqual({
      held: ['link the user hashes of audit lines to users: gateway', 'read stored sessions: gateway'],
      revoke: ['session.1'],
    });
  });

  it('is refused for a service without a document', () => {
    expect(() => blastRadius(folder, 'billing')).toThrow('there is no billing.json');
  });

  it.each(['user', 'product', 'order', 'gateway'])(
    'of %s in words names the keys to revoke, and no secret',
    (service) => {
      const text = inWords(blastRadius(folder, service)).join('\n');
      for (const kid of blastRadius(folder, service).revoke) expect(text).toContain(`pnpm keys revoke ${kid}`);
      for (const secret of secretsOf(JSON.stringify(folder.get(service)))) expect(text).not.toContain(secret);
    },
  );
});
