import * as v from 'valibot';
import { isTree, type Tree } from './reading.js';

/** A member that may be missing, null or something else: then it is empty. */
const tree = v.fallback(
  v.pipe(
    v.unknown(),
    v.transform((value): Tree => (isTree(value) ? value : {})),
  ),
  {},
);
const text = v.fallback(v.string(), '');

const containerSchema = v.object({
  Id: v.string(),
  Name: text,
  Created: text,
  /** Id of the image. */
  Image: text,
  Config: v.optional(tree, {}),
  HostConfig: v.optional(tree, {}),
  NetworkSettings: v.optional(tree, {}),
});

const imageSchema = v.object({ Config: v.optional(tree, {}) });

/** A container as GET /containers/{id}/json tells of it (Engine API 1.41), as far as it can be said in a definition. */
export type InspectedContainer = v.InferOutput<typeof containerSchema>;

/** Null for what is none. */
export function inspectedContainer(json: unknown): InspectedContainer | null {
  const parsed = v.safeParse(containerSchema, json);
  return parsed.success ? parsed.output : null;
}

/** What an image brings to its containers: `Config` of GET /images/{name}/json. Empty where nothing is known. */
export function imageConfig(json: unknown): Tree {
  const parsed = v.safeParse(imageSchema, json);
  return parsed.success ? parsed.output.Config : {};
}
