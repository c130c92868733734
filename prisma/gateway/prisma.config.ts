import { defineConfig } from 'prisma/config';

/** For Prisma's own command line: `DATABASE_URL=… prisma migrate deploy --config prisma/gateway/prisma.config.ts`. */
export default defineConfig({
  schema: './schema.prisma',
  migrations: { path: './migrations' },
  // `prisma generate` opens no database, so the URL may be absent.
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
