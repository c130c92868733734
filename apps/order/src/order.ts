import type { Contact } from '@auth/contracts';

export interface OrderItem {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Minor units of the order's currency. */
  readonly unitPrice: number;
}

export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: 'placed' | 'cancelled';
  readonly items: readonly OrderItem[];
  readonly total: number;
  readonly currency: string;
  /** `undefined` until attached. */
  readonly contact: Contact | undefined;
  readonly createdAt: Date;
}

export type NewOrder = Pick<Order, 'userId' | 'items' | 'total' | 'currency' | 'contact'>;
