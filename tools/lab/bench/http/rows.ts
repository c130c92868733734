/** A way to authenticate a request, in front of the same route. */
export interface Row {
  readonly key: string;
  readonly title: string;
  /** Its file in `tools/neighbours/guards`. */
  readonly guard: string;
  /** Settings of this row alone. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the row accepts every request and hands no user to the route. */
  readonly isOpen?: boolean;
  /** The store of the row. Its processor time is shown beside that of the server. */
  readonly store?: 'redis' | 'postgres';
}

/** The key of the row that the others are compared with. */
export const open = 'open';
/** The key of the row that has limits. */
export const ours = 'ours';
/** The key of the row that ours is compared with where every token is new. */
export const inline = 'jsonwebtoken';

/** All rows, in the order of the tables. */
export const rows: readonly Row[] = [
  { key: open, title: 'no check', guard: 'open', isOpen: true },
  { key: 'empty', title: 'two empty guards', guard: 'empty', isOpen: true },
  { key: ours, title: '@auth/verify', guard: 'ours' },
  { key: 'ours-off', title: '@auth/verify, memory off', guard: 'ours', settings: { rememberTokens: 0 } },
  { key: inline, title: 'jsonwebtoken, inline', guard: 'jsonwebtoken' },
  { key: 'oauth2-jwt-bearer', title: 'express-oauth2-jwt-bearer', guard: 'oauth2-jwt-bearer' },
  { key: 'express-jwt', title: 'express-jwt', guard: 'express-jwt' },
  { key: 'passport-jwt', title: 'passport-jwt', guard: 'passport-jwt' },
  { key: 'fast-jwt', title: 'fast-jwt with its cache', guard: 'fast-jwt' },
  { key: 'jose', title: 'jose', guard: 'jose' },
  { key: 'redis', title: 'session in Redis', guard: 'session-redis', store: 'redis' },
  { key: 'postgres', title: 'session in Postgres', guard: 'session-postgres', store: 'postgres' },
];

/** The other rows with a guard. */
export const neighbours: readonly Row[] = rows.filter(({ key, isOpen = false }) => !isOpen && key !== ours);
