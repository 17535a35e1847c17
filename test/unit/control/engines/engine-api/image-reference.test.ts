import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageReference, registryOf } from '../../../../../src/lib/control/engines/engine-api/image-reference.js';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('the name of an image', () => {
  test.each([
    ['busybox', { name: 'busybox', tag: 'latest', digest: null }, 'docker.io'],
    ['team/web:1.2', { name: 'team/web', tag: '1.2', digest: null }, 'docker.io'],
    ['localhost/web', { name: 'localhost/web', tag: 'latest', digest: null }, 'localhost'],
    ['localhost:5000/web', { name: 'localhost:5000/web', tag: 'latest', digest: null }, 'localhost:5000'],
    ['r.example:5000/a/b:V_1-x', { name: 'r.example:5000/a/b', tag: 'V_1-x', digest: null }, 'r.example:5000'],
    ['[::1]:5000/web:2', { name: '[::1]:5000/web', tag: '2', digest: null }, '[::1]:5000'],
    ['HOST/web', { name: 'HOST/web', tag: 'latest', digest: null }, 'HOST'],
    [`web@${digest}`, { name: 'web', tag: null, digest }, 'docker.io'],
    [`r.example/web:1@${digest}`, { name: 'r.example/web', tag: '1', digest }, 'r.example'],
    ['e/a__b.c---d', { name: 'e/a__b.c---d', tag: 'latest', digest: null }, 'docker.io'],
    ['docker.io/library/busybox', { name: 'docker.io/library/busybox', tag: 'latest', digest: null }, 'docker.io'],
  ])('%s is read', (text, reference, registry) => {
    expect(imageReference(text)).toEqual(reference);
    expect(registryOf(text)).toBe(registry);
  });

  test.each([
    ['', 'no name'],
    [':1', 'no name'],
    ['Web', 'lower case'],
    ['web:', 'no tag'],
    ['web:a b', 'no tag'],
    [`web:${'x'.repeat(129)}`, 'no tag'],
    ['web@sha256:12', 'no digest'],
    ['a//b', 'empty'],
    ['a/', 'empty'],
    ['-a', 'no name'],
    ['a..b', 'no name'],
    ['a___b', 'no name'],
    ['-r.example/web', 'no registry'],
    ['https://r.example/web', 'no registry'],
    ['0a'.repeat(32), 'id of an image'],
    ['x'.repeat(256), '255'],
    ['web\n', 'no name'],
  ])('%j is none: %s', (text, why) => {
    expect(() => imageReference(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(why) }),
    );
  });

  test('is put together again from its parts', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,5})?$/);
    const host = fc.constantFrom('', 'r.example/', 'localhost:5000/', '10.0.0.1/');
    const tag = fc.option(fc.stringMatching(/^[\w][\w.-]{0,20}$/));
    fc.assert(
      fc.property(
        host,
        fc.array(part, { minLength: 1, maxLength: 3 }),
        tag,
        fc.boolean(),
        (at, path, label, pinned) => {
          // A first part with a dot would be a registry.
          const name = at + (at === '' ? `a/${path.join('/')}` : path.join('/'));
          const text = `${name}${label === null ? '' : `:${label}`}${pinned ? `@${digest}` : ''}`;
          expect(imageReference(text)).toEqual({
            name,
            tag: label ?? (pinned ? null : 'latest'),
            digest: pinned ? digest : null,
          });
        },
      ),
    );
  });
});
