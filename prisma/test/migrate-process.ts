// Migrates the database of `product` with the migrations of a folder, for tests that kill the migrating process.
import { argv } from 'node:process';
import { migrate } from '../src/migrate.ts';

const [, , url = '', migrationsDir = ''] = argv;
await migrate({ url, service: 'product', migrationsDir });
