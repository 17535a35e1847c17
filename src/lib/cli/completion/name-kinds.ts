/** What names are kept of. */
export const nameKinds = [
  'stack',
  'service',
  'container',
  'action',
  'node',
  'release',
  'variable',
  'image',
  'registry',
] as const;

export type NameKind = (typeof nameKinds)[number];
