/** A row of the table. */
export interface Library {
  readonly key: string;
  readonly title: string;
  /** Its packages in `tools/neighbours`. */
  readonly packages: readonly string[];
  readonly isOurs?: boolean;
  /** Whether its answers have no status: the application gives them one. */
  readonly hasNoStatus?: boolean;
}

export const libraries: readonly Library[] = [
  { key: 'ours', title: '**@auth/verify**', packages: [], isOurs: true },
  { key: 'jose', title: 'jose', packages: ['jose'], hasNoStatus: true },
  {
    key: 'express-oauth2-jwt-bearer',
    title: 'express-oauth2-jwt-bearer',
    packages: ['express-oauth2-jwt-bearer'],
  },
  { key: 'aws-jwt-verify', title: 'aws-jwt-verify', packages: ['aws-jwt-verify'] },
  { key: 'jwks-rsa', title: 'jwks-rsa with express-jwt', packages: ['jwks-rsa', 'express-jwt'] },
  {
    key: 'jwks-rsa-fallback',
    title: 'the same, `cacheMaxAgeFallback` of a day',
    packages: ['jwks-rsa', 'express-jwt'],
  },
];
