export type OrderErrorCode =
  | 'order_not_found'
  | 'already_cancelled'
  | 'items_rejected'
  | 'currencies_differ'
  | 'audience_lacks_user'
  | 'quote_incomplete'
  | 'key_reused'
  | 'key_in_use'
  | 'too_many_keys';

/** An item that cannot be ordered: its index in the request, and the reason. */
export interface RejectedItem {
  readonly index: number;
  readonly reason: 'unknown' | 'inactive' | 'out_of_stock';
}

/** The only error class that the rules of this service throw. */
export class OrderError extends Error {
  override readonly name = 'OrderError';
  readonly code: OrderErrorCode;
  readonly rejected: readonly RejectedItem[];

  constructor(code: OrderErrorCode, rejected: readonly RejectedItem[] = []) {
    super(code);
    this.code = code;
    this.rejected = rejected;
  }
}
