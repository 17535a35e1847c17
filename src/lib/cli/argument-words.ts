/**
 * The words of a command line that are no flags, in their order. (The `argv` that oclif gives puts a word that is there
 * twice beside its twin.)
 *
 * @param raw of what the parser gives.
 */
export function argumentWords(
  raw: readonly { readonly type: 'arg' | 'flag'; readonly input: string }[],
): readonly string[] {
  return raw.flatMap(({ type, input }) => (type === 'arg' ? [input] : []));
}
