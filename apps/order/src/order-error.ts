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

/** One item of an order that cannot be had: its place in the request, and why. */
export interface RejectedItem {
  readonly index: number;
  readonly reason: 'unknown' | 'inactive' | 'out_of_stock';
}

/** The one error of this service's rules. */
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
