import { describe, expect, it } from '@jest/globals';
import { readWorkflow } from './workflow.fixture.ts';

const workflow = readWorkflow('release-verify');
const { check, pack, publish } = workflow.jobs;
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

describe('the workflow that publishes the package', () => {
  it('starts for tags alone, after all checks', () => {
    expect(workflow.on).toEqual({ push: { tags: ['verify-v[0-9]*'] } });
    expect([check?.uses, pack?.needs, publish?.needs]).toEqual(['./.github/workflows/ci.yml', 'check', 'pack']);
    expect(readWorkflow('ci').on).toHaveProperty('workflow_call');
  });

  it('lets no job but the last one speak for the repository', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect([check?.permissions, pack?.permissions]).toEqual([undefined, undefined]);
    expect(publish?.permissions).toEqual({ 'id-token': 'write', attestations: 'write' });
    expect(publish?.environment).toBe('npm');
  });

  it('runs no code of the repository or of a dependency where it publishes', () => {
    expect(publish?.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([]);
    const commands = publish?.steps.flatMap(({ run }) => run ?? []).join('\n');
    expect(commands).toContain('npm publish release/*.tgz --provenance --access public');
    expect(commands).not.toMatch(/pnpm|npx|npm (i|ci|install|run|exec)\b/);
  });

  it('names every action by its commit', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions).not.toEqual([]);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('puts no text of GitHub into a shell command', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});
