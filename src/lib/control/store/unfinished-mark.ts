import { existsSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A file beside the store that is there as long as an action in it is unfinished, or was interrupted without anybody
 * having been told: where it is not, whoever only reads from an engine need not open the store. It may be there without
 * a reason, which costs a look. Set and removed within transactions, so that neither comes between the other and its rows.
 */
export interface UnfinishedMark {
  isSet(): boolean;
  /** Throws what the file system does. */
  set(): void;
  remove(): void;
}

export function unfinishedMark(storePath: string): UnfinishedMark {
  const file = `${storePath}-unfinished`;
  return {
    isSet: () => existsSync(file),
    set: () => writeFileSync(file, '', { mode: 0o600 }),
    remove: () => rmSync(file, { force: true }),
  };
}
