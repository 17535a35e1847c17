import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { facetVerbs } from '../../../src/lib/port/capabilities.js';

interface Row {
  readonly number: string;
  readonly endpoint: string;
  readonly methods: string;
  readonly note: string;
}

const text = readFileSync(new URL('../../../docs/port-map.md', import.meta.url), 'utf8');

function section(title: string): string {
  const found = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`docs/port-map.md has no section ${title}`);
  return found;
}

/** The rows of the section's table, head and rule left out. */
function rows(title: string): Row[] {
  return section(title)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      expect(cells, line).toHaveLength(6);
      const [, number = '', endpoint = '', methods = '', note = ''] = cells;
      return { number, endpoint, methods, note };
    });
}

const known = new Set(Object.entries(facetVerbs).flatMap(([facet, verbs]) => verbs.map((name) => `${facet}.${name}`)));

/** `facet.verb` of everything in backquotes that begins like one. */
function named(cells: string): string[] {
  return [...cells.matchAll(/`([a-z]\w*\.[a-z]\w*)(?:\([\w, ]*\))?`/gi)].map((match) => match[1] ?? '');
}

const platforms = [
  ['Docker Cloud', 43],
  ['Deis v1', 50],
  ['Deis v2', 25],
  ['Oracle Container Cloud Service', 83],
] as const;

describe('docs/port-map.md', () => {
  it.each(platforms)('%s has %i rows, each of another number and endpoint', (title, count) => {
    const all = rows(title);
    expect(all).toHaveLength(count);
    expect(new Set(all.map((row) => row.number)).size).toBe(count);
    expect(new Set(all.map((row) => row.endpoint)).size).toBe(count);
  });

  it('has the index of the Docker Cloud reference', () => {
    const groups = { A: 5, E: 1, I: 16, G: 1, R: 3, P: 16, V: 1 };
    const expected = Object.entries(groups).flatMap(([letter, last]) =>
      Array.from({ length: last }, (_, index) => `${letter}${index + 1}`),
    );
    expect(rows('Docker Cloud').map((row) => row.number)).toEqual(expected);
  });

  it.each(platforms)('%s: every row names facet methods, or says why there is none', (title) => {
    for (const row of rows(title)) {
      const methods = row.methods.split(/, (?=`)/);
      if (row.methods === 'none') expect(row.note, row.endpoint).not.toBe('');
      else expect(named(row.methods), row.endpoint).toHaveLength(methods.length);
    }
  });

  it('names only verbs that the port has', () => {
    const all = named(text.slice(text.indexOf('\n## ')));
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has a row or a reason for every verb of the port', () => {
    const all = new Set(named(text.slice(text.indexOf('\n## '))));
    expect([...known].filter((name) => !all.has(name))).toEqual([]);
  });
});
