// Migrates the database of `product` with the migrations of a folder, for tests that kill a process that migrates.
import { argv } from 'node:process';
import { migrate } from '../src/migrate.ts';

const [, , url = '', migrationsDir = ''] = argv;
await migrate({ url, service: 'product', migrationsDir });
