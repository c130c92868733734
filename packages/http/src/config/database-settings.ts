import * as z from 'zod';
import { databaseUrlProblem } from './database-url.ts';
import { wholeNumber } from './whole-number.ts';

const databaseUrl = z.string().refine((text) => databaseUrlProblem(text) === undefined, {
  error: ({ input }) => databaseUrlProblem(String(input)) ?? 'is not a postgres URL',
});

/** The settings of a service that has a database, beside `ServerSettings`. */
export const DatabaseSettings = {
  DATABASE_URL: databaseUrl.meta({
    description:
      'The database of this service: a URL such as `postgresql://host:5432/name`, with user and password in front of the host.',
    details:
      'No other service uses this database. The parameters of the URL, and TLS: [databases.md](databases.md#the-url).',
  }),
  DATABASE_POOLER: z.enum(['none', 'transaction']).default('none').meta({
    description:
      'The pooler in front of the database: `transaction` for PgBouncer or another pooler in transaction pooling.',
    details: 'What to set then: [databases.md](databases.md#a-pooler-in-front).',
  }),
  DATABASE_DIRECT_URL: databaseUrl.optional().meta({
    description: 'The URL of the same database without the pooler, for migrations and for notifications to the leader.',
    default: '`DATABASE_URL` without a pooler, otherwise none',
  }),
  DATABASE_POOL_MAX: wholeNumber({ min: 1, max: 1000 })
    .default(10)
    .meta({ description: 'The highest number of connections to the database at a time.' }),
};
