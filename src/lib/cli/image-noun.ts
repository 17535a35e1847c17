import type { ImageDetail } from '../port/images.js';
import { imageDetail } from '../ui/views/images.js';
import type { Noun } from './nouns.js';

export const imageNoun: Noun<ImageDetail> = {
  word: 'image',
  namedBy: 'Name (the tag is latest where it has none), id or the beginning of one.',
  detail: imageDetail,
  async get(open, image, call) {
    const get = await open('images', 'get');
    return get({ image }, {}, call);
  },
};
