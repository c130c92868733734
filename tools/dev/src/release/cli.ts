import { runHere } from '@auth/command';
import { runStep } from '../new-service/steps.ts';
import { repositoryRoot } from '../stack/services.ts';
import { createReleaseCommand } from './release-verify.ts';

await runHere(createReleaseCommand({ root: repositoryRoot, runStep }));
