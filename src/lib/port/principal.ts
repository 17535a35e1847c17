/** Who calls: every backend is opened for one principal, and every row, lock and release is theirs or their namespace's. */
export interface Principal {
  readonly user: string;
  /** The organisation or user whose resources are meant (`DOCKERCLOUD_NAMESPACE`); what it is by default the backend says: `default` on the engine. */
  readonly namespace: string;
  readonly admin: boolean;
}
