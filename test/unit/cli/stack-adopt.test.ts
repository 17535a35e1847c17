import { describe, expect, test } from 'vitest';
import StackAdopt from '../../../src/commands/stack/adopt.js';
import StackExport from '../../../src/commands/stack/export.js';
import type { Project } from '../../../src/lib/compose/project.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import type { PlannedStep } from '../../../src/lib/port/plan.js';
import { verb } from '../../../src/lib/port/verb.js';
import { runCommand } from './run-command.js';

const project: Project = { name: 'shop', services: { web: { image: 'web:1' } } };

const step: PlannedStep = {
  ...{ id: 'adopt service web', operation: 'store', kind: 'service', name: 'web' },
  reasons: ['taken over'],
};

function stacks(live: boolean) {
  const calls: unknown[] = [];
  const facets: Facets = {
    stacks: {
      export: verb(live ? ['live'] : [], async ({ stack }, options, { progress }) => {
        calls.push({ stack, ...options });
        if (options.live === true)
          progress?.({ kind: 'stack', name: stack, phase: 'note', status: 'x cannot be said' });
        return project;
      }),
      ...(live && {
        adopt: verb(['wait', 'dryRun'], async ({ name }, options) => {
          calls.push({ name, ...options });
          return {
            subject: null,
            action: null,
            plan: [step],
          };
        }),
      }),
    },
  };
  return { facets, calls };
}

describe('stack adopt', () => {
  test('passes the name on, and prints the plan of a dry run', async () => {
    const { facets, calls } = stacks(true);
    const run = await runCommand(StackAdopt, ['shop', '--dry-run'], facets);
    expect(run).toMatchObject({ status: 0, stdout: '* store service web  (taken over)\n' });
    expect(calls).toEqual([{ name: 'shop', dryRun: true }]);
  });

  test('needs a name, and a backend that has it', async () => {
    expect((await runCommand(StackAdopt, [], stacks(true).facets)).error).toMatchObject({ code: 'usage' });
    expect((await runCommand(StackAdopt, ['shop'], stacks(false).facets)).error).toMatchObject({ code: 'unsupported' });
  });
});

describe('stack export --live', () => {
  test('prints what the containers say, and on stderr what cannot be said', async () => {
    const { facets, calls } = stacks(true);
    const run = await runCommand(StackExport, ['shop', '--live'], facets);
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('image: web:1') });
    expect(run.stderr).toContain('x cannot be said');
    expect((await runCommand(StackExport, ['shop'], facets)).stderr).toBe('');
    expect(calls).toEqual([{ stack: 'shop', live: true }, { stack: 'shop' }]);
  });

  test('is refused where the backend cannot read containers', async () => {
    const { facets, calls } = stacks(false);
    expect((await runCommand(StackExport, ['shop', '--live'], facets)).error).toMatchObject({ code: 'unsupported' });
    expect(calls).toEqual([]);
  });
});
