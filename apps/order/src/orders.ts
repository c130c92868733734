import type { Contact, Quote, WantedItems } from '@auth/contracts';
import type { Claim, Idempotency } from './idempotency.ts';
import type { NewOrder, Order } from './order.ts';
import { OrderError } from './order-error.ts';
import { priceOrder } from './pricing.ts';

/** Who asks: a verified user. */
export interface Customer {
  readonly userId: string;
  /** To read the user's own contact with, on the user's behalf. */
  readonly accessToken: string;
  readonly audience: readonly string[];
  /** May read every order. */
  readonly readsAny: boolean;
  /** May read how the user is reached: with the scope `account`. */
  readonly readsContact: boolean;
}

export interface OrderQuery {
  /** All users' orders when absent. */
  readonly userId?: string | undefined;
  /** Only orders older than this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface OrderStore {
  /** Writes an order, and it as the answer of its key, in one step. @throws OrderError `key_in_use` when the claim was lost */
  create(order: NewOrder, claim: Claim | undefined): Promise<Order>;
  find(id: string): Promise<Order | undefined>;
  /** At most `limit` orders, newest first. */
  list(query: OrderQuery): Promise<readonly Order[]>;
  /** The cancelled order, or `undefined` when no placed order of this user has the id. */
  cancel(id: string, userId: string): Promise<Order | undefined>;
  /** Gives a contact to every order of a user that has none. */
  attachContact(userId: string, contact: Contact): Promise<void>;
}

/** Prices and availability, from whoever sells. */
export interface Catalog {
  quote(items: WantedItems): Promise<Quote>;
}

/** How to reach a user; `undefined` when it cannot be had right now. */
export interface Contacts {
  find(userId: string, accessToken: string): Promise<Contact | undefined>;
}

export interface Orders {
  /**
   * Places an order at prices of now. Without a price it stores nothing; without a contact it goes on.
   * The same request under the same key is placed once, however often it is repeated.
   */
  place(customer: Customer, items: WantedItems, key?: string): Promise<{ order: Order; replayed: boolean }>;
  get(customer: Customer, id: string): Promise<Order>;
  /** Any order as it is, for a service that is listed for it. */
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

/** The rules of orders. */
export function createOrders({ store, catalog, contacts, idempotency }: OrdersOptions): Orders {
  /** A contact that could not be had when an order was placed is attached when its owner reads it. */
  async function complete(customer: Customer, orders: readonly Order[]): Promise<readonly Order[]> {
    const { userId, accessToken, audience, readsContact } = customer;
    const lacks = (order: Order) => order.userId === userId && order.contact === undefined;
    if (!readsContact || !orders.some(lacks) || !audience.includes('user')) return orders;
    const contact = await contacts.find(userId, accessToken);
    if (contact === undefined) return orders;
    await store.attachContact(userId, contact);
    return orders.map((order) => (lacks(order) ? { ...order, contact } : order));
  }

  async function priceAndStore(customer: Customer, wanted: WantedItems, claim: Claim | undefined) {
    const { userId, accessToken, readsContact } = customer;
    const priced = priceOrder(wanted, await catalog.quote(wanted));
    // Without the scope for it, user would refuse: the order waits for a token that has it.
    const contact = readsContact ? await contacts.find(userId, accessToken) : undefined;
    return store.create({ ...priced, userId, contact }, claim);
  }

  /** An order as this customer may see it: a token that cannot read the contact at user does not get it here either. */
  const shownTo = ({ readsContact, readsAny }: Customer, order: Order): Order =>
    readsContact || readsAny ? order : { ...order, contact: undefined };

  async function find(id: string, readableBy: (order: Order) => boolean): Promise<Order> {
    const order = await store.find(id);
    // Another user's order is not there at all: a 403 would tell that it is.
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
        // Nothing was stored, so the key is free for another try; the error that is told is the first one.
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
