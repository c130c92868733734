import { unavailableReason } from '@auth/db/errors';
import { Problem, type ProblemCode, type Translate } from '@auth/http';
import { ProductError, type ProductErrorCode } from './product-error.ts';

const answers = {
  product_not_found: ['not_found', 'There is no such product.'],
  sku_taken: ['conflict', 'A product with this sku exists.'],
  version_changed: ['precondition_failed', 'The product has changed: read it again and send its new ETag in If-Match.'],
} as const satisfies Record<ProductErrorCode, readonly [ProblemCode, string]>;

/** Translations of the errors of this service to problems, tried in this order. */
export const translate: readonly Translate[] = [
  (error) => {
    const reason = unavailableReason(error);
    return reason === undefined ? undefined : new Problem('unavailable', { reason });
  },
  (error) => {
    if (!(error instanceof ProductError)) return undefined;
    const [code, detail] = answers[error.code];
    return new Problem(code, { detail, reason: error.code });
  },
];
