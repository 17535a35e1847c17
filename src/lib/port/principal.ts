/** Who calls: every backend is opened for one principal, and every row, lock and release is theirs or their namespace's. */
export interface Principal {
  readonly user: string;
  /** The organisation or user whose resources are meant (`DOCKERCLOUD_NAMESPACE`); the user's own name by default. */
  readonly namespace: string;
  readonly admin: boolean;
}
