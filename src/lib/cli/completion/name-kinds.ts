/** What names are kept of. */
export const nameKinds = ['stack', 'service', 'container', 'action', 'node', 'release'] as const;

export type NameKind = (typeof nameKinds)[number];
