import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseFormat } from '../../../src/lib/ui/format.js';
import { renderList, type RenderOptions } from '../../../src/lib/ui/render.js';
import { displayWidth } from '../../../src/lib/ui/width.js';
import { onPipe, onTty, type Ship, shipList, ships } from './sample.js';

function render(options: RenderOptions, rows: readonly Ship[] = ships): Promise<string> {
  return renderList(rows, shipList, options);
}

function named(name: string): Ship {
  const [first] = ships;
  if (first === undefined) throw new Error('no sample');
  return { ...first, name };
}

describe('table', () => {
  it('is for people on a TTY: short ids, ages', async () => {
    expect(await render(onTty)).toBe(
      [
        'ID         NAME   STATE     REPLICAS   CREATED',
        '0f8b8d6c   web    Running         10   3 minutes ago',
        '1a2b3c4d   db     Failed           2   -',
        '',
      ].join('\n'),
    );
  });

  it('is verbatim off a TTY', async () => {
    expect(await render(onPipe)).toBe(
      [
        'ID                                     NAME   STATE     REPLICAS   CREATED',
        '0f8b8d6c-aaaa-4bbb-8ccc-000000000001   web    Running         10   2026-03-01T11:57:00Z',
        '1a2b3c4d-aaaa-4bbb-8ccc-000000000002   db     Failed           2   -',
        '',
      ].join('\n'),
    );
  });

  it('colours the states and the heading, not the blanks around them', async () => {
    const text = await render({ ...onTty, terminal: { ...onTty.terminal, colour: true }, columns: ['state', 'name'] });
    expect(text).toBe(
      [
        '\u001b[1mSTATE\u001b[22m     \u001b[1mNAME\u001b[22m',
        '\u001b[32mRunning\u001b[39m   web',
        '\u001b[31mFailed\u001b[39m    db',
        '',
      ].join('\n'),
    );
  });

  it('shows all columns in wide', async () => {
    expect(await render({ ...onTty, format: parseFormat('wide') })).toBe(
      [
        'ID         NAME   STATE     REPLICAS   IMAGE                                 PORTS                      CREATED',
        '0f8b8d6c   web    Running         10   registry.example.com/voting/web:1.2   80->80/tcp, 443->443/tcp   3 minutes ago',
        '1a2b3c4d   db     Failed           2   postgres:16                           -                          -',
        '',
      ].join('\n'),
    );
  });

  it('fits a TTY by shrinking the widest columns that may', async () => {
    const narrow = { ...onTty, terminal: { ...onTty.terminal, columns: 50 } };
    expect(await render({ ...narrow, columns: ['name', 'image', 'state'] }, [named('a-very-long-service-name')])).toBe(
      [
        'NAME                 IMAGE                 STATE',
        'a-very-long-servi…   registry.example.c…   Running',
        '',
      ].join('\n'),
    );
  });

  it('shortens ages before it truncates, and blanks before it truncates much', async () => {
    const on = (width: number): Promise<string> =>
      render({ ...onTty, terminal: { ...onTty.terminal, columns: width }, columns: ['name', 'image', 'created'] }, [
        { ...named('web'), image: 'registry.example.com/web' },
      ]);
    expect(await on(46)).toBe(
      ['NAME   IMAGE                      CREATED', 'web    registry.example.com/web   3m ago', ''].join('\n'),
    );
    expect(await on(29)).toBe(['NAME   IMAGE          CREATED', 'web    registry.ex…   3m ago', ''].join('\n'));
    expect(await on(28)).toBe(['NAME  IMAGE          CREATED', 'web   registry.exa…  3m ago', ''].join('\n'));
  });

  it('is a field a line where columns cannot get narrow enough; a table still, where nothing would name the fields', async () => {
    const narrow = { ...onTty, terminal: { ...onTty.terminal, columns: 24 } };
    expect(await render(narrow)).toBe(
      [
        'Id:       0f8b8d6c',
        'Name:     web',
        'State:    Running',
        'Replicas: 10',
        'Created:  3 minutes ago',
        '',
        'Id:       1a2b3c4d',
        'Name:     db',
        'State:    Failed',
        'Replicas: 2',
        'Created:  -',
        '',
      ].join('\n'),
    );
    const image = (await render({ ...narrow, format: parseFormat('wide') })).split('\n')[4];
    expect(image).toBe('Image:    registry.exam…');
    expect(await render({ ...narrow, noHeader: true })).toBe(
      ['0f8b8d6c  web  Running  10  3m ago', '1a2b3c4d  db   Failed    2  -', ''].join('\n'),
    );
  });

  const letters = fc.constantFrom('a', '-', '\u65e5', '\u00e9', 'e\u0301', '\u{1f6a2}');
  it('fits whatever the width is: a table, or a field a line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 14, max: 120 }), fc.string({ unit: letters }), async (width, name) => {
        const terminal = { ...onTty.terminal, columns: width };
        const text = await render({ ...onTty, terminal, format: parseFormat('wide') }, [named(name), ...ships]);
        for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }),
      { numRuns: 50 },
    );
  });

  it('is never truncated with --no-trunc, nor off a TTY', async () => {
    const columns = ['id', 'image'];
    const whole = [
      'ID                                     IMAGE',
      '0f8b8d6c-aaaa-4bbb-8ccc-000000000001   registry.example.com/voting/web:1.2',
      '',
    ].join('\n');
    const narrow = { ...onTty.terminal, columns: 20 };
    expect(await render({ ...onTty, terminal: narrow, noTrunc: true, columns }, ships.slice(0, 1))).toBe(whole);
    expect(await render({ ...onPipe, terminal: { ...narrow, isTTY: false }, columns }, ships.slice(0, 1))).toBe(whole);
  });

  it('aligns wide characters and combining marks by cells', async () => {
    const rows = [named('日本語'), named('cafe\u0301'), named('plain')];
    expect(await render({ ...onTty, columns: ['name', 'replicas'] }, rows)).toBe(
      ['NAME     REPLICAS', '日本語         10', 'cafe\u0301           10', 'plain          10', ''].join('\n'),
    );
  });

  it('takes control sequences out of names', async () => {
    const rows = [named('\u001b[2J\u001b]0;owned\u0007web\n\u202e')];
    expect(await render({ ...onTty, columns: ['name', 'state'] }, rows)).toBe('NAME   STATE\nweb    Running\n');
  });

  it('has no heading with --no-header, and is nothing at all without rows', async () => {
    expect(await render({ ...onTty, columns: ['name'], noHeader: true })).toBe('web\ndb\n');
    expect(await render(onTty, [])).toBe('');
  });

  it('draws thousands of rows', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => named(`web-${index}`));
    expect((await render(onTty, rows)).split('\n')).toHaveLength(20_002);
  });
});

describe('columns and sorting', () => {
  it('chooses columns in any case and in the order given', async () => {
    expect(await render({ ...onTty, columns: ['Image', 'NAME'] })).toBe(
      [
        'IMAGE                                 NAME',
        'registry.example.com/voting/web:1.2   web',
        'postgres:16                           db',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['name', 'db\nweb\n'],
    ['-name', 'web\ndb\n'],
    ['replicas', 'db\nweb\n'],
    ['-replicas', 'web\ndb\n'],
    ['created', 'web\ndb\n'],
    ['-created', 'web\ndb\n'],
  ])('sorts by %s, what has no value last', async (sort, expected) => {
    expect(await render({ ...onTty, format: parseFormat('name'), sort })).toBe(expected);
  });

  it('names the nearest column, also when there are no rows', async () => {
    await expect(render({ ...onTty, columns: ['nam'] }, [])).rejects.toMatchObject({
      code: 'usage',
      message: 'unknown column "nam"',
      hint: 'Did you mean name?',
    });
    await expect(render({ ...onTty, sort: '-colour' }, [])).rejects.toMatchObject({
      hint: 'There is: id, name, state, replicas, image, ports, created.',
    });
  });

  it.each(['json', 'jsonl', 'yaml', 'name', '{{.name}}'])(
    'refuses --columns with %s instead of ignoring it',
    async (name) => {
      await expect(render({ ...onTty, format: parseFormat(name), columns: ['name'] })).rejects.toMatchObject({
        code: 'usage',
      });
    },
  );
});

describe('formats for machines', () => {
  it('quiet prints ids, name prints names', async () => {
    expect(await render({ ...onTty, quiet: true })).toBe(
      '0f8b8d6c-aaaa-4bbb-8ccc-000000000001\n1a2b3c4d-aaaa-4bbb-8ccc-000000000002\n',
    );
    expect(await render({ ...onTty, format: parseFormat('name') })).toBe('web\ndb\n');
  });

  it('json is one document, also with quiet', async () => {
    const text = await render({ ...onPipe, format: parseFormat('json'), quiet: true });
    expect(text).toBe(`${JSON.stringify(ships, null, 2)}\n`);
    expect(await render({ ...onPipe, format: parseFormat('json') }, [])).toBe('[]\n');
  });

  it('jsonl is an object a line', async () => {
    expect(await render({ ...onPipe, format: parseFormat('jsonl') })).toBe(
      ships.map((ship) => `${JSON.stringify(ship)}\n`).join(''),
    );
    expect(await render({ ...onPipe, format: parseFormat('jsonl') }, [])).toBe('');
  });

  it('yaml holds the same as json', async () => {
    const text = await render({ ...onPipe, format: parseFormat('yaml') });
    expect(text.split('\n').slice(0, 3)).toEqual([
      '- id: 0f8b8d6c-aaaa-4bbb-8ccc-000000000001',
      '  name: web',
      '  state: Running',
    ]);
    expect(parse(text)).toEqual(ships);
  });

  it('escapes in json and yaml what a terminal would act on, and loses nothing', async () => {
    const rows = [named('a\u009b2J\u202eb\u001b\u007f')];
    for (const format of ['json', 'jsonl', 'yaml']) {
      const text = await render({ ...onPipe, format: parseFormat(format) }, rows);
      expect(text).not.toMatch(/[\u001b\u007f-\u009f\u202e]/);
      const read: unknown = format === 'yaml' ? parse(text) : JSON.parse(format === 'jsonl' ? `[${text}]` : text);
      expect(read).toEqual(rows);
    }
  });

  it('csv has every column and follows RFC 4180', async () => {
    const rows = [{ ...named('a "quoted", name'), image: 'x' }];
    expect(await render({ ...onTty, format: parseFormat('csv') }, rows)).toBe(
      'id,name,state,replicas,image,ports,created\r\n' +
        '0f8b8d6c-aaaa-4bbb-8ccc-000000000001,"a ""quoted"", name",Running,10,x,"80->80/tcp, 443->443/tcp",2026-03-01T11:57:00Z\r\n',
    );
    expect(await render({ ...onTty, format: parseFormat('csv'), noHeader: true, columns: ['name', 'created'] })).toBe(
      'web,2026-03-01T11:57:00Z\r\ndb,\r\n',
    );
  });

  it('a template is a line a row; with table aligned below a heading', async () => {
    expect(await render({ ...onPipe, format: parseFormat('{{.Name}}:{{.state}}') })).toBe('web:Running\ndb:Failed\n');
    expect(await render({ ...onPipe, format: parseFormat('table {{.state}}\\t{{upper .name}}') })).toBe(
      'STATE     NAME\nRunning   WEB\nFailed    DB\n',
    );
    expect(await render({ ...onPipe, format: parseFormat('table {{.name}}') }, [])).toBe('');
    const narrow = { ...onTty.terminal, columns: 8 };
    expect(await render({ ...onTty, terminal: narrow, format: parseFormat('table {{.state}}\\t{{.name}}') })).toBe(
      'STATE     NAME\nRunning   web\nFailed    db\n',
    );
  });
});
