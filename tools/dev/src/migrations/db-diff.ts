import { runHere } from '@auth/command';
import { createDiffCommand } from './create-migration.ts';
import { openShadowDatabase } from './shadow-database.ts';

await runHere(createDiffCommand({ now: new Date(), openShadow: openShadowDatabase }));
