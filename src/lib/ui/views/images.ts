import type { Mutation } from '../../port/actions.js';
import type { Image, ImageDetail } from '../../port/images.js';
import { bytes } from '../human.js';
import { lines } from '../render.js';
import { detail, list, mutation, mutations, type View } from '../result.js';
import { section } from '../view.js';

/** A name of an image, taken apart: a row of `image ls`. An image has as many rows as names, or one without. */
export interface ImageRow extends Image {
  /** Null for an image without a name. */
  readonly repository: string | null;
  readonly tag: string | null;
}

export const imageList = list<ImageRow>({
  columns: [
    { header: 'repository', value: ({ repository }) => repository, shrink: 'name' },
    { header: 'tag', value: ({ tag }) => tag, shrink: 'name' },
    { header: 'id', value: ({ id }) => shortId(id) },
    { header: 'created', value: ({ createdAt }) => ({ age: createdAt }) },
    { header: 'size', value: ({ sizeBytes }) => bytes(sizeBytes), align: 'right' },
    { header: 'bytes', value: ({ sizeBytes }) => sizeBytes, wide: true, align: 'right' },
    { header: 'nodes', value: ({ nodes }) => nodes, wide: true, shrink: true },
    { header: 'digests', value: ({ digests }) => digests, wide: true, shrink: true },
  ],
  id: ({ id }) => id,
  name: ({ id, repository, tag }) => (repository === null || tag === null ? id : `${repository}:${tag}`),
  empty: 'No images. Get one with `berth image pull`.',
});

export const imageDetail = detail<ImageDetail>({
  fields: [
    { header: 'id', value: ({ id }) => ({ id }) },
    { header: 'names', value: ({ tags }) => tags },
    { header: 'digests', value: ({ digests }) => digests },
    { header: 'created', value: ({ createdAt }) => ({ age: createdAt }) },
    { header: 'size', value: ({ sizeBytes }) => bytes(sizeBytes) },
    { header: 'platform', value: ({ os, architecture }) => platformOf(os, architecture) },
    { header: 'entrypoint', value: ({ entrypoint }) => argumentsText(entrypoint) },
    { header: 'command', value: ({ command }) => argumentsText(command) },
    { header: 'ports', value: ({ ports }) => ports },
    { header: 'nodes', value: ({ nodes }) => nodes },
  ],
  id: ({ id }) => id,
  name: ({ id, tags }) => tags[0] ?? id,
  sections: [
    section({
      title: 'Environment',
      rows: (image: ImageDetail) => Object.entries(image.environment),
      columns: [
        { header: 'name', value: ([name]) => name, shrink: 'name' },
        { header: 'value', value: ([, value]) => value, shrink: true },
      ],
    }),
    section({
      title: 'Labels',
      rows: (image: ImageDetail) => Object.entries(image.labels),
      columns: [
        { header: 'name', value: ([name]) => name, shrink: 'name' },
        { header: 'value', value: ([, value]) => value, shrink: true },
      ],
    }),
  ],
});

/** An image that was changed under one of its names, which is asked for when there is a result. */
export function imageMutation(name: () => string): View<Mutation<Image>> {
  return mutation<Image>({ subjects: ({ id }) => [{ id, name: name() }] });
}

const removals = mutations<Image>({ subjects: () => [] });

/** Images that were removed: as names, what each removal took away, which is more than what was named. */
export const imageRemovals: View<readonly Mutation<Image>[]> = {
  ...removals,
  async show(results, context) {
    const { kind } = context.flags.format;
    const isNamed = kind === 'table' || kind === 'wide' || kind === 'name';
    if (!isNamed) return removals.show(results, context);
    await context.stdout.write(lines(results.flatMap(({ plan }) => plan.map(({ name }) => name))));
  },
};

/** `58cc21d904db`, as `docker images` shows it; the beginning of every id is the same. */
function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

function platformOf(os: string | null, architecture: string | null): string | null {
  const parts = [os, architecture].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('/');
}

function argumentsText(words: readonly string[] | null): string | null {
  return words === null
    ? null
    : words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
