import { describe, expect, it } from 'vitest';
import type { ActionObject, Mutation } from '../../../src/lib/port/actions.js';
import type { PlannedStep } from '../../../src/lib/port/plan.js';
import { parseFormat } from '../../../src/lib/ui/format.js';
import { type MutationView, renderMutation } from '../../../src/lib/ui/mutation-view.js';
import { planView } from '../../../src/lib/ui/plan-view.js';
import { renderDetail, renderValue } from '../../../src/lib/ui/render.js';
import type { TextView } from '../../../src/lib/ui/view.js';
import { onPipe, onTty, type Ship, shipDetail, ships } from './sample.js';

function ship(index: number): Ship {
  const found = ships[index];
  if (found === undefined) throw new Error('no sample');
  return found;
}

describe('detail', () => {
  it('aligns the fields and shows what belongs to it below', async () => {
    expect(await renderDetail(ship(0), shipDetail, onTty)).toBe(
      [
        'Id:       0f8b8d6c-aaaa-4bbb-8ccc-000000000001',
        'Name:     web',
        'State:    Running',
        'Replicas: 10',
        'Created:  3 minutes ago',
        '',
        'Ports:',
        '  PUBLISHED   TARGET',
        '         80   80/tcp',
        '        443   443/tcp',
        '',
      ].join('\n'),
    );
  });

  it('is verbatim off a TTY, has every field in wide, and leaves out empty sections', async () => {
    expect(await renderDetail(ship(1), shipDetail, { ...onPipe, format: parseFormat('wide') })).toBe(
      [
        'Id:       1a2b3c4d-aaaa-4bbb-8ccc-000000000002',
        'Name:     db',
        'State:    Failed',
        'Replicas: 2',
        'Image:    postgres:16',
        'Ports:    -',
        'Created:  -',
        '',
      ].join('\n'),
    );
  });

  it('colours keys and states on a terminal', async () => {
    const text = await renderDetail(ship(1), shipDetail, {
      ...onTty,
      terminal: { ...onTty.terminal, colour: true },
      columns: ['state', 'name'],
    });
    expect(text).toBe('\u001b[1mState:\u001b[22m \u001b[31mFailed\u001b[39m\n\u001b[1mName:\u001b[22m  db\n');
  });

  it.each([
    ['json', `${JSON.stringify(ship(1), null, 2)}\n`],
    ['jsonl', `${JSON.stringify(ship(1))}\n`],
    ['name', 'db\n'],
    ['{{.name}} {{.replicas}}', 'db 2\n'],
    ['csv', `id,name,state,replicas,image,ports,created\r\n${ship(1).id},db,Failed,2,postgres:16,,\r\n`],
  ])('%s', async (format, expected) => {
    expect(await renderDetail(ship(1), shipDetail, { ...onTty, format: parseFormat(format) })).toBe(expected);
  });

  it('quiet is the id', async () => {
    expect(await renderDetail(ship(1), shipDetail, { ...onTty, quiet: true })).toBe(`${ship(1).id}\n`);
  });
});

describe('text', () => {
  const view: TextView<{ readonly text: string }> = { kind: 'text', text: ({ text }) => text };

  it('ends with a line end, and is verbatim off a TTY', async () => {
    expect(await renderValue({ text: 'a\tb' }, view, onPipe)).toBe('a\tb\n');
    expect(await renderValue({ text: 'a\n' }, view, onPipe)).toBe('a\n');
    expect(await renderValue({ text: '' }, view, onPipe)).toBe('');
    expect(await renderValue({ text: 'a\u001b[31m\nb' }, view, onTty)).toBe('a\nb\n');
  });

  it('prints the value for machines', async () => {
    expect(await renderValue({ text: 'a' }, view, { ...onPipe, format: parseFormat('yaml') })).toBe('text: a\n');
    expect(await renderValue({ text: 'a' }, view, { ...onPipe, format: parseFormat('{{.text}}') })).toBe('a\n');
  });

  it.each(['csv', 'name'])('refuses %s', async (format) => {
    await expect(renderValue({ text: 'a' }, view, { ...onPipe, format: parseFormat(format) })).rejects.toMatchObject({
      code: 'usage',
      message: `this command has no format ${format}`,
    });
  });
});

const plan: readonly PlannedStep[] = [
  { id: '1', operation: 'create', kind: 'service', name: 'web', reasons: ['new'] },
  { id: '2', operation: 'update', kind: 'service', name: 'db', reasons: ['image: a -> b', 'replicas: 1 -> 3'] },
  { id: '3', operation: 'remove', kind: 'volume', name: 'data\u001b[2J', reasons: [] },
  { id: '4', operation: 'wait', kind: 'service', name: 'web', reasons: ['until running'] },
];

const planLines = [
  '+ create service web  (new)',
  '~ update service db  image: a -> b; replicas: 1 -> 3',
  '- remove volume data',
  '* wait service web  (until running)',
  '',
].join('\n');

describe('plan', () => {
  it('is a line a step', async () => {
    expect(await renderValue(plan, planView, onPipe)).toBe(planLines);
    expect(await renderValue([], planView, onPipe)).toBe('No changes.\n');
  });

  it('is coloured on a terminal', async () => {
    const terminal = { ...onTty.terminal, colour: true };
    expect(await renderValue(plan.slice(0, 1), planView, { ...onTty, terminal })).toBe(
      '\u001b[32m+ create\u001b[39m service web  (new)\n',
    );
  });
});

describe('mutation', () => {
  const view: MutationView<readonly Ship[]> = { kind: 'mutation', subjects: (subject) => subject };
  const object: ActionObject = { kind: 'stack', id: 'st-1', name: 'voting-app' };
  const action = {
    id: 'ac-1',
    name: 'Stack Terminate',
    state: 'Success',
    object,
    user: 'ada',
    startedAt: '2026-03-01T11:57:00Z',
    endedAt: null,
    reason: null,
    canBeCanceled: false,
    canBeRetried: false,
  } as const;
  const scaled: Mutation<readonly Ship[]> = { subject: ships, action, plan };

  it('names what was changed; ids with quiet', async () => {
    expect(await renderMutation(scaled, view, onTty)).toBe('web\ndb\n');
    expect(await renderMutation(scaled, view, { ...onTty, format: parseFormat('name') })).toBe('web\ndb\n');
    expect(await renderMutation(scaled, view, { ...onTty, quiet: true })).toBe(`${ship(0).id}\n${ship(1).id}\n`);
  });

  it('names what is gone', async () => {
    const gone = { subject: null, action, plan };
    expect(await renderMutation(gone, view, onTty)).toBe('voting-app\n');
    expect(await renderMutation(gone, view, { ...onTty, quiet: true })).toBe('st-1\n');
  });

  it('shows the plan of a dry run', async () => {
    expect(await renderMutation({ subject: null, action: null, plan }, view, onPipe)).toBe(planLines);
    expect(await renderMutation({ subject: null, action: null, plan: [] }, view, onPipe)).toBe('No changes.\n');
  });

  it('prints all of it for machines', async () => {
    const text = await renderMutation(scaled, view, { ...onTty, quiet: true, format: parseFormat('json') });
    expect(JSON.parse(text)).toEqual(scaled);
    expect(await renderMutation(scaled, view, { ...onTty, format: parseFormat('{{.action.id}}') })).toBe('ac-1\n');
  });

  it('refuses csv', async () => {
    await expect(renderMutation(scaled, view, { ...onTty, format: parseFormat('csv') })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
