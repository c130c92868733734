import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { repositoryRoot } from '../stack/services.ts';

const Permissions = z.record(z.string(), z.string());
const Step = z.object({ name: z.string().optional(), uses: z.string().optional(), run: z.string().optional() });
const Job = z.object({
  permissions: Permissions.optional(),
  uses: z.string().optional(),
  needs: z.string().optional(),
  environment: z.string().optional(),
  steps: z.array(Step).default([]),
});
const Workflow = z.object({ on: z.unknown(), permissions: Permissions, jobs: z.record(z.string(), Job) });

/** Reads a workflow of GitHub in this repository, such as `ci`. */
export function readWorkflow(name: string): z.output<typeof Workflow> {
  return Workflow.parse(parse(readFileSync(join(repositoryRoot, `.github/workflows/${name}.yml`), 'utf8')));
}
