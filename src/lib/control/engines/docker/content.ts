import * as v from 'valibot';
import type { FileObject } from '../../../compose/project.js';

/** A secret or config as it was applied: the value of its register. */
export interface KeptContent {
  /** That of the lease under which it was written. */
  readonly epoch: number;
  /** Base64. */
  readonly data: string;
  /** Without the content. */
  readonly definition: FileObject;
}

const kept = v.object({
  epoch: v.number(),
  data: v.string(),
  definition: v.looseObject({ name: v.string() }),
}) satisfies v.GenericSchema<unknown, KeptContent>;

/** Throws ValiError for what berth did not write. */
export function readContent(value: unknown): KeptContent {
  return v.parse(kept, value);
}
