import type { Verb } from './verb.js';

/** A person or robot that may call. */
export interface User {
  readonly username: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** May act on everybody's objects. */
  readonly admin: boolean;
  /** False for an account that was switched off. */
  readonly active: boolean;
  /** RFC 3339; null where the platform does not tell. */
  readonly createdAt: string | null;
  readonly lastLoginAt: string | null;
}

export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** The one answer that carries a token: that of the call that makes it or asks for it. */
export interface IssuedToken {
  readonly username: string;
  readonly token: string;
}

export interface PasswordChange {
  /** Absent: the caller's own. Another's needs an admin. */
  readonly username?: string;
  /** Absent: the caller is an admin, or the platform does not ask for it. */
  readonly currentPassword?: string;
  readonly newPassword: string;
}

export interface ProfileChange {
  /** Absent: the caller's own. */
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

export interface TokenRegenerationOptions {
  /** Another user's token (admins). */
  readonly user?: string;
  /** Everybody's tokens (admins); no token is told. Excludes `user`. */
  readonly all?: boolean;
}

/** Users, passwords and tokens. `register` and `login` work for a backend that was opened without credentials. */
export interface AccountFacet {
  /** Throws ConflictError when the name is taken, RefusedError when registration is closed. */
  register?: Verb<Registration, object, Promise<User>>;
  /**
   * Trades a password for the user's token. A driver also keeps it for later commands, where the original client does.
   * Throws AuthenticationError.
   */
  login?: Verb<{ readonly username: string; readonly password: string }, object, Promise<IssuedToken>>;
  /** Forgets what `login` kept. Not an error when there is nothing. */
  logout?: Verb<object, object, Promise<void>>;
  whoami?: Verb<object, object, Promise<User>>;
  /** Throws AuthenticationError when the current password is wrong. */
  changePassword?: Verb<PasswordChange, object, Promise<void>>;
  /** Changes what is told about a user. */
  update?: Verb<ProfileChange, object, Promise<User>>;
  /** Removes an account, the caller's own by default. Throws ConflictError while it owns stacks. */
  cancel?: Verb<{ readonly username?: string }, object, Promise<void>>;
  /** Makes a new token; the old one ends at once. Null with `all`. */
  regenerateToken?: Verb<object, TokenRegenerationOptions, Promise<IssuedToken | null>>;
  /** By name. */
  users?: Verb<object, object, AsyncIterable<User>>;
}
