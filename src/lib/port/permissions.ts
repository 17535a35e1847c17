import type { Verb } from './verb.js';

/** What a permission is for: the use of one stack (name or id), or the administration of the platform. */
export type PermissionScope = { readonly stack: string } | { readonly admin: true };

export interface PermissionGrant {
  readonly scope: PermissionScope;
  readonly username: string;
}

export interface PermissionsFacet {
  /** User names, sorted; a stack's owner and admins only where they were added. */
  list?: Verb<{ readonly scope: PermissionScope }, object, AsyncIterable<string>>;
  /** Not an error when granted already. Throws NotFoundError for an unknown user. */
  grant?: Verb<PermissionGrant, object, Promise<void>>;
  /** Throws NotFoundError when not granted. */
  revoke?: Verb<PermissionGrant, object, Promise<void>>;
}
