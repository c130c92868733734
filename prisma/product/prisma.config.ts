/** For Prisma's own command line: `DATABASE_URL=… npx prisma@7 migrate deploy --config prisma/product/prisma.config.ts`. */
export default {
  schema: './schema.prisma',
  migrations: { path: './migrations' },
  // `prisma generate` opens no database, so the URL may be absent.
  datasource: { url: process.env.DATABASE_URL ?? '' },
};
