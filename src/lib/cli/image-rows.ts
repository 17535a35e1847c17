import type { Image } from '../port/images.js';
import type { ImageRow } from '../ui/views/images.js';

/** A row a name, as docker shows images; those without a name have one row too. */
export async function* imageRows(images: AsyncIterable<Image>): AsyncGenerator<ImageRow, void, undefined> {
  for await (const image of images) {
    if (image.tags.length === 0) yield { ...image, repository: null, tag: null };
    for (const name of image.tags) yield { ...image, ...partsOf(name) };
  }
}

/** A colon before a slash belongs to the registry's host: `localhost:5000/web`. */
function partsOf(name: string): Pick<ImageRow, 'repository' | 'tag'> {
  const at = name.lastIndexOf(':');
  if (at <= name.lastIndexOf('/')) return { repository: name, tag: null };
  return { repository: name.slice(0, at), tag: name.slice(at + 1) };
}
