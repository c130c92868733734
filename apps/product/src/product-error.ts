export type ProductErrorCode = 'product_not_found' | 'sku_taken' | 'version_changed';

/** The only error class that the rules of this service throw. */
export class ProductError extends Error {
  override readonly name = 'ProductError';
  readonly code: ProductErrorCode;

  constructor(code: ProductErrorCode) {
    super(code);
    this.code = code;
  }
}
