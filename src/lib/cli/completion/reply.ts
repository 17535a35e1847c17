import type { BashLine } from './bash-line.js';
import { quoteForBash } from './bash-line.js';
import type { Candidate } from './grammar.js';

/** What the shell is to offer. */
export type Offer =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' | 'directories'; readonly prefix: string };

/**
 * Answers of the callback. The first line tells what follows: `words`; `partial`, words that no blank comes after; or
 * `files` and `directories`, which the shell completes itself. Then one candidate a line.
 */
export function bashReply(offer: Offer, line: BashLine): string {
  if (offer.kind !== 'words') return lines([offer.kind]);
  const fitting = offer.candidates.filter(({ word }) => word.startsWith(line.current));
  return lines([head(fitting), ...fitting.map(({ word }) => quoteForBash(word.slice(line.kept), line.quote))]);
}

/** `word:description` with colons and backslashes of the word escaped, as `_describe` reads it. */
export function zshReply(offer: Offer): string {
  return described(offer, ({ word, description }) => {
    const escaped = word.replaceAll(/[\\:]/g, '\\$&');
    return description === '' ? escaped : `${escaped}:${description}`;
  });
}

/** `word<TAB>description`, as fish reads it. */
export function fishReply(offer: Offer): string {
  return described(offer, ({ word, description }) => `${word}\t${description}`);
}

/** `word<TAB>description`: the script takes them apart. PowerShell matches nothing by itself. */
export function powershellReply(offer: Offer, current: string): string {
  if (offer.kind !== 'words') return lines([offer.kind]);
  const start = current.toLowerCase();
  const candidates = offer.candidates.filter(({ word }) => word.toLowerCase().startsWith(start));
  return fishReply({ kind: 'words', candidates });
}

function described(offer: Offer, line: (candidate: Candidate) => string): string {
  return offer.kind === 'words' ? lines([head(offer.candidates), ...offer.candidates.map(line)]) : lines([offer.kind]);
}

function head(candidates: readonly Candidate[]): string {
  return candidates.length > 0 && candidates.every(({ word }) => word.endsWith('=')) ? 'partial' : 'words';
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
