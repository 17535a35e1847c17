import { UsageError } from '../port/errors.js';
import type { ImageDetail } from '../port/images.js';
import type { Found } from './in-order.js';

/** A word that names an image, or one of the names of one. */
export interface NamedImage extends ImageDetail {
  readonly word: string;
}

/**
 * Looks all of the words up, so that a wrong one is known before anything is removed. Several may name one image.
 *
 * @throws what `get` throws; UsageError for a word that is there twice.
 */
export async function findNamed(
  words: readonly string[],
  get: (word: string) => Promise<ImageDetail>,
): Promise<readonly Found<NamedImage>[]> {
  const found: Found<NamedImage>[] = [];
  for (const word of words) {
    if (found.some((other) => other.word === word)) throw new UsageError(`${JSON.stringify(word)} is named twice`);
    found.push({ word, thing: { ...(await get(word)), word } });
  }
  return found;
}
