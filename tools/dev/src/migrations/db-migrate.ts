import { runHere } from '@auth/command';
import { migrateCommand } from './migrate-services.ts';

await runHere(migrateCommand);
