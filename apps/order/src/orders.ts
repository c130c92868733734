import type { Contact, Quote, WantedItems } from '@auth/contracts';
import type { Claim, Idempotency } from './idempotency.ts';
import type { NewOrder, Order } from './order.ts';
import { OrderError } from './order-error.ts';
import { priceOrder } from './pricing.ts';

/** The verified user who sends a request. */
export interface Customer {
  readonly userId: string;
  /** Sent to the user service to read the contact on behalf of the user. */
  readonly accessToken: string;
  readonly audience: readonly string[];
  /** Whether the user may read every order: scope `order:read-any`. */
  readonly readsAny: boolean;
  /** Whether the user may read the contact: scope `account`. */
  readonly readsContact: boolean;
}

export interface OrderQuery {
  /** Only orders of this user; absent for the orders of all users. */
  readonly userId?: string | undefined;
  /** Only orders older than this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface OrderStore {
  /**
   * Stores an order, also as the answer of its key, in one transaction. @throws OrderError `key_in_use` when the claim
   * was lost
   */
  create(order: NewOrder, claim: Claim | undefined): Promise<Order>;
  find(id: string): Promise<Order | undefined>;
  /** Returns at most `limit` orders, newest first. */
  list(query: OrderQuery): Promise<readonly Order[]>;
  /** Cancels an order and returns it; `undefined` when no placed order of this user has the id. */
  cancel(id: string, userId: string): Promise<Order | undefined>;
  /** Attaches a contact to all orders of a user that have none. */
  attachContact(userId: string, contact: Contact): Promise<void>;
}

/** The source of prices and availability: the product service. */
export interface Catalog {
  quote(items: WantedItems): Promise<Quote>;
}

/** The source of contacts: the user service. `find` returns `undefined` when the contact is unavailable. */
export interface Contacts {
  find(userId: string, accessToken: string): Promise<Contact | undefined>;
}

export interface Orders {
  /**
   * Places an order at current prices. Without a quote, nothing is stored; without a contact, the order is stored.
   * Retries of a request with the same key place one order.
   */
  place(customer: Customer, items: WantedItems, key?: string): Promise<{ order: Order; replayed: boolean }>;
  get(customer: Customer, id: string): Promise<Order>;
  /** Reads any order, for a service that may call `order:orders.read`. */
  read(id: string): Promise<Order>;
  list(customer: Customer, page: Omit<OrderQuery, 'userId'>): Promise<{ items: readonly Order[]; more: boolean }>;
  cancel(customer: Customer, id: string): Promise<Order>;
}

export interface OrdersOptions {
  readonly store: OrderStore;
  readonly catalog: Catalog;
  readonly contacts: Contacts;
  readonly idempotency: Idempotency;
}

/** Creates the rules of orders. */
export function createOrders({ store, catalog, contacts, idempotency }: OrdersOptions): Orders {
  /** Attaches the contact to orders of the customer that were stored without one. */
  async function complete(customer: Customer, orders: readonly Order[]): Promise<readonly Order[]> {
    const { userId, accessToken, audience, readsContact } = customer;
    const lacksContact = (order: Order) => order.userId === userId && order.contact === undefined;
    if (!readsContact || !orders.some(lacksContact) || !audience.includes('user')) return orders;
    const contact = await contacts.find(userId, accessToken);
    if (contact === undefined) return orders;
    await store.attachContact(userId, contact);
    return orders.map((order) => (lacksContact(order) ? { ...order, contact } : order));
  }

  async function priceAndStore(customer: Customer, wanted: WantedItems, claim: Claim | undefined) {
    const { userId, accessToken, readsContact } = customer;
    const priced = priceOrder(wanted, await catalog.quote(wanted));
    // Without the scope `account`, the user service would refuse the call. A later read with that scope attaches the
    // contact.
    const contact = readsContact ? await contacts.find(userId, accessToken) : undefined;
    return store.create({ ...priced, userId, contact }, claim);
  }

  /** Hides the contact from a token that may not read it: the user service would refuse such a token too. */
  const shownTo = ({ readsContact, readsAny }: Customer, order: Order): Order =>
    readsContact || readsAny ? order : { ...order, contact: undefined };

  async function find(id: string, readableBy: (order: Order) => boolean): Promise<Order> {
    const order = await store.find(id);
    // Another user's order answers 404: a 403 would reveal that it exists.
    if (order === undefined || !readableBy(order)) throw new OrderError('order_not_found');
    return order;
  }

  return {
    async place(customer, wanted, key) {
      if (!customer.audience.includes('user')) throw new OrderError('audience_lacks_user');
      if (key === undefined) return { order: await priceAndStore(customer, wanted, undefined), replayed: false };
      const begun = await idempotency.begin({ userId: customer.userId, key }, wanted);
      if ('answer' in begun) return { order: shownTo(customer, begun.answer), replayed: true };
      try {
        return { order: await priceAndStore(customer, wanted, begun.claim), replayed: false };
      } catch (error) {
        // Nothing was stored, so the key is released for a retry. The first error is reported, not an error of the
        // release.
        await idempotency.release(begun.claim).catch(() => undefined);
        throw error;
      }
    },

    async get(customer, id) {
      const order = await find(id, ({ userId }) => customer.readsAny || userId === customer.userId);
      const [completed = order] = await complete(customer, [order]);
      return shownTo(customer, completed);
    },

    read: (id) => find(id, () => true),

    async list(customer, { before, limit }) {
      const userId = customer.readsAny ? undefined : customer.userId;
      const found = await store.list({ userId, before, limit: limit + 1 });
      const items = await complete(customer, found.slice(0, limit));
      return { items: items.map((order) => shownTo(customer, order)), more: found.length > limit };
    },

    async cancel(customer, id) {
      const cancelled = await store.cancel(id, customer.userId);
      if (cancelled !== undefined) return shownTo(customer, cancelled);
      await find(id, ({ userId }) => userId === customer.userId);
      throw new OrderError('already_cancelled');
    },
  };
}
