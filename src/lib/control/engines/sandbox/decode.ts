import * as v from 'valibot';
import { StoreError } from '../../../port/errors.js';

/**
 * Reads JSON that the sandbox wrote.
 *
 * @throws StoreError when it does not have that shape.
 */
export function decodeJson<T extends v.GenericSchema>(schema: T, text: string, what: string): v.InferOutput<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StoreError(`the sandbox's ${what} in the store is not JSON`, { cause });
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new StoreError(`the sandbox's ${what} in the store cannot be read: ${issue.message}`, {
    detail: v.getDotPath(issue) ?? 'at the top',
  });
}
