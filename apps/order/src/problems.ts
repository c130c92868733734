import { unavailableReason } from '@auth/db/errors';
import {
  type FieldError,
  Problem,
  type ProblemCode,
  type ProblemOptions,
  type Translate,
  upstreamProblem,
} from '@auth/http';
import { UpstreamError } from '@auth/verify/client';
import { OrderError, type OrderErrorCode, type RejectedItem } from './order-error.ts';

const answers = {
  order_not_found: ['not_found', { detail: 'There is no such order of yours.' }],
  already_cancelled: ['conflict', { detail: 'The order is cancelled already.' }],
  items_rejected: ['invalid_fields', { detail: 'Some items cannot be ordered: see errors.' }],
  currencies_differ: ['invalid_fields', { detail: 'All items of an order must be priced in one currency.' }],
  audience_lacks_user: [
    'insufficient_audience',
    { detail: 'Placing an order needs a token that is for user as well.' },
  ],
  key_reused: ['invalid_fields', { detail: 'This Idempotency-Key was used for another request: use a new one.' }],
  key_in_use: [
    'conflict',
    { detail: 'The first request with this Idempotency-Key still runs: repeat it shortly.', retryAfterSeconds: 2 },
  ],
  too_many_keys: [
    'rate_limited',
    { detail: 'Too many orders with an Idempotency-Key within 24 hours.', retryAfterSeconds: 3600 },
  ],
  quote_incomplete: ['upstream_failed', { detail: 'The quote for these items was incomplete.' }],
} as const satisfies Record<OrderErrorCode, readonly [ProblemCode, ProblemOptions]>;

const rejections = {
  unknown: 'is no product that can be ordered',
  inactive: 'is not for sale any more',
  out_of_stock: 'is not in stock in this quantity',
} as const satisfies Record<RejectedItem['reason'], string>;

/** Translations of the errors of this service to problems, tried in this order. */
export const translate: readonly Translate[] = [
  (error) => {
    const reason = unavailableReason(error);
    return reason === undefined ? undefined : new Problem('unavailable', { reason });
  },
  (error) => (error instanceof UpstreamError ? upstreamProblem(error.code, { reason: error.message }) : undefined),
  (error) => {
    if (!(error instanceof OrderError)) return undefined;
    const [code, options] = answers[error.code];
    const errors = wrongFields(error);
    return new Problem(code, { ...options, reason: error.code, ...(errors.length === 0 ? {} : { errors }) });
  },
];

function wrongFields({ code, rejected }: OrderError): FieldError[] {
  if (code === 'currencies_differ') return [{ detail: 'must be priced in one currency', pointer: '/items' }];
  return rejected.map(({ index, reason }) => ({ detail: rejections[reason], pointer: `/items/${index}/productId` }));
}
