import { createHash } from 'node:crypto';
import { ConflictError } from '../port/errors.js';
import type { Ledger } from './ledger.js';

const first =
  'amber brisk calm clever dapper early fleet gentle hardy humble jolly keen lively lucky mellow merry noble';
const second =
  'anchor beacon bollard breeze canvas cargo compass cove dinghy ferry galley harbor jetty keel lagoon mast';

/**
 * A name that no stack of the namespace has: `brisk-harbor`.
 *
 * @throws ConflictError when all that were tried are taken.
 */
export async function freeName(
  { ledger, randomUuid }: { readonly ledger: Ledger; readonly randomUuid: () => string },
  namespace: string,
): Promise<string> {
  const adjectives = first.split(' ');
  const nouns = second.split(' ');
  const taken = new Set((await ledger.list(namespace)).map(({ name }) => name));
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const [one = 0, two = 0] = createHash('sha256').update(randomUuid()).digest();
    const name = `${adjectives[one % adjectives.length] ?? ''}-${nouns[two % nouns.length] ?? ''}`;
    if (!taken.has(name)) return name;
  }
  throw new ConflictError('no name could be found that is not taken', { hint: 'Give the app a name.' });
}
