/** The short form of a mount, `SOURCE:TARGET:OPTIONS` (reference/compose/SPEC.md A10-A14). */
export interface VolumeSpec {
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
  /** Why the text is no mount; the rest is then what was understood. */
  readonly problem?: string;
}

export function splitVolume(text: string): VolumeSpec {
  if (text === '') return { source: '', target: '', options: [], problem: 'invalid empty volume spec' };
  if (text.length <= 2) return { source: '', target: text, options: [] };
  const parts = splitAtColons(text);
  const [source = '', target = '', options = ''] = parts.length === 1 ? ['', ...parts] : parts;
  const result = { source, target, options: options === '' ? [] : options.split(',') };
  if (parts.includes('')) return { ...result, problem: `invalid spec: ${text}: empty section between colons` };
  return parts.length > 3 ? { ...result, problem: `invalid spec: ${text}: too many colons` } : result;
}

/** A single letter before a colon is a drive (A11). */
function splitAtColons(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (character !== ':' || /^\p{L}$/u.test(part)) part += character;
    else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part];
}

/** True for a source that is a path of the host rather than the name of a volume. */
export function isHostPath(source: string): boolean {
  return /^(?:[./~]|\\\\|\p{L}:)/u.test(source);
}
