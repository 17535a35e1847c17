import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/compose/project.js';
import { withContentDigests, withoutContents } from '../../../src/lib/plan/contents.js';
import { releaseChanges } from '../../../src/lib/plan/diff.js';

function holding(data: string): Project {
  return {
    name: 'shop',
    services: { web: { image: 'web:1', secrets: [{ source: 'token' }] } },
    secrets: {
      token: { name: 'shop_token', file: '/token', 'x-berth': { data } },
      outside: { name: 'outside', external: true },
    },
    configs: { page: { name: 'shop_page', environment: 'PAGE', 'x-berth': { data, kept: 'yes' } } },
  };
}

describe('a definition that is shown', () => {
  test('has no contents, and says all else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (text) => {
        const shown = withoutContents(holding(Buffer.from(text).toString('base64')));
        expect(shown).toEqual({
          name: 'shop',
          services: { web: { image: 'web:1', secrets: [{ source: 'token' }] } },
          secrets: { token: { name: 'shop_token', file: '/token' }, outside: { name: 'outside', external: true } },
          configs: { page: { name: 'shop_page', environment: 'PAGE', 'x-berth': { kept: 'yes' } } },
        });
      }),
    );
  });

  test('without contents is the same', () => {
    const project: Project = { name: 'shop', services: {}, secrets: { a: { name: 'a', 'x-berth': { other: 1 } } } };
    expect(withoutContents(project)).toEqual(project);
    expect(withoutContents({ name: 'shop', services: {} })).toEqual({ name: 'shop', services: {} });
  });

  test('differs where a content differs, and tells neither', () => {
    const [before, after] = [holding('aGVsbG8K'), holding('d29ybGQK')].map(withContentDigests);
    if (before === undefined || after === undefined) throw new Error('two were made');
    expect(releaseChanges(before, before, true)).toEqual([]);
    expect(releaseChanges(before, after, false)).toEqual([
      { path: 'configs.page.x-berth.digest', before: '***', after: '***' },
      { path: 'secrets.token.x-berth.digest', before: '***', after: '***' },
    ]);
    expect(JSON.stringify(releaseChanges(before, after, true))).not.toMatch(/aGVsbG8K|d29ybGQK/);
  });
});
