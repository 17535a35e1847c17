import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/lib/ui/format.js';
import { fillTemplate, parseTemplate, templateHeading } from '../../../src/lib/ui/template.js';

function fill(text: string, ...rows: readonly unknown[]): readonly string[] {
  return fillTemplate(parseTemplate(text), rows);
}

const service = {
  id: 'abc',
  name: 'web',
  replicas: { desired: 2, running: 0 },
  ports: [{ target: 80 }],
  services: ['a', 'b'],
  synchronized: false,
  engine: null,
  deployedAt: undefined,
};

describe('templates', () => {
  it.each([
    ['{{.name}}', 'web'],
    ['{{.Name}}/{{ .ID }}', 'web/abc'],
    ['{{.replicas.desired}}/{{.Replicas.Running}}', '2/0'],
    ['{{.synchronized}}', 'false'],
    ['<{{.engine}}{{.deployedAt}}>', '<>'],
    ['{{.engine.version}}', ''],
    ['{{.services}}', 'a,b'],
    ['{{.services.1}}', 'b'],
    ['{{join .services ", "}}', 'a, b'],
    ['{{join .engine ","}}', ''],
    ['{{upper .name}}{{lower .name}}', 'WEBweb'],
    ['{{json .ports}}', '[{"target":80}]'],
    ['{{json .name}}', '"web"'],
    ['{{json .engine}}', 'null'],
    ['{{.ports}}', '[{"target":80}]'],
    ['a\\tb\\nc\\\\d', 'a\tb\nc\\d'],
    ['no expression', 'no expression'],
  ])('%s gives %j', (text, expected) => {
    expect(fill(text, service)).toEqual([expected]);
  });

  it('json . is the whole row', () => {
    expect(fill('{{json .}}', { a: 1 })).toEqual(['{"a":1}']);
  });

  it('takes control sequences out of values', () => {
    expect(fill('{{.name}}', { name: '\u001b[31mred' })).toEqual(['red']);
  });

  it('knows a field that only some rows have', () => {
    expect(fill('{{.hint}}', { hint: 'x' }, { name: 'y' })).toEqual(['x', '']);
  });

  it.each([
    ['{{.nmae}}', 'the template names an unknown field .nmae', 'Did you mean .name?'],
    ['{{.replicas.desird}}', 'the template names an unknown field .replicas.desird', 'Did you mean .replicas.desired?'],
    [
      '{{.replicas.x}}',
      'the template names an unknown field .replicas.x',
      'There is: .replicas.desired, .replicas.running.',
    ],
    ['{{.constructor}}', 'the template names an unknown field .constructor', expect.stringContaining('.name')],
    ['{{.name.first}}', 'the template names an unknown field .name.first', 'It is not an object.'],
    ['{{join .name ","}}', 'the template joins .name, which is not a list', undefined],
  ])('%s: %s', (text, message, hint) => {
    expect(() => fill(text, service)).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });

  it.each([
    ['{{.name', 'the template has no }} for "{{.name"'],
    ['{{uper .name}}', 'templates have no function "uper"'],
    ['{{}}', 'the template does not understand {{}}'],
    ['{{range .x}}', 'templates have no function "range"'],
    ['{{.a | json}}', 'the template does not understand {{.a | json}}'],
  ])('%s is refused before anything is looked up', (text, message) => {
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  it('heads columns with the names of fields', () => {
    expect(templateHeading(parseTemplate('{{.name}}\\t{{json .replicas.desired}}\\t{{json .}}'))).toBe(
      'NAME\tDESIRED\t',
    );
  });
});

describe('parseFormat', () => {
  it.each(['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'])('knows %s', (name) => {
    expect(parseFormat(name)).toEqual({ kind: name });
  });

  it('knows templates', () => {
    expect(parseFormat('table {{.name}}')).toMatchObject({
      kind: 'template',
      table: true,
      template: [{ path: ['name'] }],
    });
    expect(parseFormat('table{{.name}}')).toMatchObject({ table: false, template: ['table', { path: ['name'] }] });
  });

  it('names the nearest', () => {
    expect(() => parseFormat('jsn')).toThrow(
      expect.objectContaining({ code: 'usage', message: 'unknown format "jsn"', hint: 'Did you mean json?' }),
    );
    expect(() => parseFormat('xml-document')).toThrow(
      expect.objectContaining({ hint: 'Use one of table, wide, json, jsonl, yaml, csv, name, or a {{template}}.' }),
    );
  });
});
