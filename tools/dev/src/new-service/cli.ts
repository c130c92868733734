import { runHere } from '@auth/command';
import { repositoryRoot } from '../stack/services.ts';
import { createNewCommand } from './new-service.ts';
import { runStep } from './steps.ts';

await runHere(createNewCommand({ root: repositoryRoot, runStep }));
