import { edges, services } from '@auth/contracts';
import { secretsOf } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { completeFolder } from '../../../test/folders.ts';
import { blastRadius, inWords } from './blast-radius.ts';

const folder = completeFolder();
/** Services that call another one, in the order of documents, with the keys of these edges. */
const callersOf = (name: string) =>
  edges()
    .filter(({ callee }) => callee === name)
    .map(({ caller }) => ({ caller, kids: folder.get(name)?.accepts[caller]?.map(({ kid }) => kid) ?? [] }));
const namesOf = (callers: ReturnType<typeof callersOf>) => callers.map(({ caller }) => caller).join();
const kidsOf = (callers: ReturnType<typeof callersOf>) => callers.flatMap(({ kids }) => kids);

/** Lists what the holder of a document can do. */
function powersOf(service: string) {
  const { powers, revoke } = blastRadius(folder, service);
  return { held: powers.filter(({ where }) => where.length > 0).map(({ what, where }) => `${what}: ${where}`), revoke };
}

describe('blastRadius', () => {
  it('of product is forged calls to product itself: no calls to others, no access tokens', () => {
    expect(powersOf('product')).toEqual({
      held: [
        `forge calls that only product itself believes, in the name of others: ${namesOf(callersOf('product'))}`,
        'link the user hashes of audit lines to users: product',
      ],
      revoke: kidsOf(callersOf('product')),
    });
  });

  it('of order is the calls of order, and no access tokens', () => {
    const forged = callersOf('order');
    expect(powersOf('order')).toEqual({
      held: [
        'call other services as order: user:contacts.read,product:quotes.create',
        ...(forged.length === 0
          ? []
          : [`forge calls that only order itself believes, in the name of others: ${namesOf(forged)}`]),
        'link the user hashes of audit lines to users: order',
      ],
      revoke: [...kidsOf(forged), 'order.user.1', 'order.product.2'],
    });
  });

  it('of user is access tokens for any user at every service', () => {
    const { held, revoke } = powersOf('user');
    expect(held[0]).toBe(`make access tokens for any user: ${[...services].sort().join()}`);
    expect(revoke).toEqual(['signing.1', ...kidsOf(callersOf('user'))]);
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
