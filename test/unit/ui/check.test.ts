import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Mutation } from '../../../src/lib/port/actions.js';
import { detail, list, mutation, type OutputFlags, readOutputFlags, stream, text } from '../../../src/lib/ui/result.js';
import { Sink } from '../../../src/lib/ui/sink.js';
import { type Ship, shipDetail, shipList, ships } from './sample.js';

const fleet = list<Ship>(shipList);
const oneShip = detail<Ship>(shipDetail);
const changed = mutation<Ship>({ subjects: (ship) => [ship] });
const changedDetail = detail<{ readonly name: string; readonly crew: { readonly size: number } }>({
  fields: [],
  id: ({ name }) => name,
  name: ({ name }) => name,
  properties: { name: null, crew: null },
});
const lines = stream<Ship>((ship) => ship.name);
const views = { list: fleet, detail: oneShip, mutation: changed, stream: lines, text };

function flags(given: Readonly<Record<string, string>>): OutputFlags {
  return readOutputFlags(given);
}

describe('formats a command does not have are refused before it runs', () => {
  it.each([
    ['list', ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name', '{{.x}}'], []],
    ['detail', ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name', '{{.x}}'], []],
    ['mutation', ['table', 'wide', 'json', 'jsonl', 'yaml', 'name', '{{.plan}}', 'table {{.plan}}'], ['csv']],
    ['stream', ['table', 'json', 'jsonl', 'yaml', '{{.x}}'], ['wide', 'csv', 'name']],
    ['text', ['table', 'json', 'jsonl', 'yaml', '{{.x}}'], ['wide', 'csv', 'name']],
  ] as const)('%s', (kind, fit, unfit) => {
    for (const format of fit) {
      expect(() => {
        views[kind].check(flags({ format }));
      }, format).not.toThrow();
    }
    for (const format of unfit) {
      expect(() => {
        views[kind].check(flags({ format }));
      }, format).toThrow(expect.objectContaining({ code: 'usage', message: `this command has no format ${format}` }));
    }
  });

  it('names those there are', () => {
    expect(() => {
      changed.check(flags({ format: 'csv' }));
    }).toThrow(
      expect.objectContaining({ hint: 'Use one of table, wide, json, jsonl, yaml, name, or a {{template}}.' }),
    );
  });
});

describe('columns are known before the command runs', () => {
  it.each([
    [{ columns: 'nam' }, 'unknown column "nam"'],
    [{ columns: 'name,imag' }, 'unknown column "imag"'],
    [{ sort: 'nam' }, 'unknown column "nam"'],
    [{ sort: '-nam', format: 'json' }, 'unknown column "nam"'],
    [{ columns: 'name', format: 'json' }, 'format json has no columns to choose'],
  ])('%j', (given, message) => {
    expect(() => {
      fleet.check(flags(given));
    }).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  it('those that are', () => {
    expect(() => {
      fleet.check(flags({ columns: 'Name, IMAGE', sort: '-created', format: 'csv' }));
    }).not.toThrow();
  });
});

describe('the template of a command that changes something', () => {
  it.each([
    ['{{.nope}}', 'the template names an unknown field .nope', 'There is: .subject, .action, .plan, .verdict.'],
    ['{{.subjct.name}}', 'the template names an unknown field .subjct', 'Did you mean .subject?'],
    ['{{.action.id}} {{json .nope}}', 'the template names an unknown field .nope', expect.anything()],
  ])('%s is refused', (format, message, hint) => {
    expect(() => {
      changed.check(flags({ format }));
    }).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });

  it.each(['{{json .}}', '{{.Subject.Name}}', '{{.SUBJECT}}', '{{.subject.nope}}', '{{join .plan ","}}'])(
    '%s is not',
    (format) => {
      expect(() => {
        changed.check(flags({ format }));
      }).not.toThrow();
    },
  );

  it('of one object, by its properties', () => {
    expect(() => {
      changedDetail.check(flags({ format: '{{.nam}}' }));
    }).toThrow(expect.objectContaining({ code: 'usage', hint: 'Did you mean .name?' }));
  });

  it.each([
    ['{{.subject.name}}:{{.subject.nope}}', 'web:\n', 'warning: the template names an unknown field .subject.nope. '],
    ['{{join .subject.name ","}}', 'web\n', 'warning: the template joins .subject.name, which is not a list\n'],
    ['{{.subject.createdAt}}', `${ships[0]?.createdAt ?? ''}\n`, ''],
  ])('%s: work that is done is told of', async (format, stdout, stderr) => {
    const [ship] = ships;
    if (ship === undefined) throw new Error('no sample');
    const result: Mutation<Ship> = { subject: ship, action: null, plan: [] };
    const told = await shown((context) => changed.show(result, { ...context, flags: flags({ format }) }));
    expect(told.stdout).toBe(stdout);
    if (stderr === '') expect(told.stderr).toBe('');
    else expect(told.stderr.startsWith(stderr), told.stderr).toBe(true);
  });

  it('of one object: the same', async () => {
    const result = { name: 'web', crew: { size: 3 } };
    const format = '{{.name}} {{.crew.sice}}';
    expect(await shown((context) => changedDetail.show(result, { ...context, flags: flags({ format }) }))).toEqual({
      stdout: 'web \n',
      stderr: 'warning: the template names an unknown field .crew.sice. Did you mean .crew.size?\n',
    });
  });

  it('names of a dry run: none, and no error', async () => {
    const result: Mutation<Ship> = { subject: null, action: null, plan: [] };
    const format = 'name';
    expect(await shown((context) => changed.show(result, { ...context, flags: flags({ format }) }))).toEqual({
      stdout: '',
      stderr: '',
    });
  });
});

/** What was written to stdout and stderr. */
async function shown(
  show: (context: Omit<Parameters<typeof text.show>[1], 'flags'>) => Promise<void>,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  await show({
    stdout: new Sink(stdout),
    stderr: new Sink(stderr),
    terminal: { isTTY: false, columns: 80, colour: false },
    now: 0,
    signal: new AbortController().signal,
  });
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
