/** Where counts are kept. */
export interface Policy {
  /**
   * What each window has left for `identifier`, in the order of the cells. `now` is in milliseconds since the epoch.
   * @throws when counts cannot be read; a policy that answers later rejects.
   */
  remaining(identifier: string, now: number): ArrayLike<number> | Promise<ArrayLike<number>>;
  /**
   * Adds to the counts what a request that came at `now` has used up, by the index of each name.
   * @throws when counts cannot be written; a policy that answers later rejects.
   */
  add(identifier: string, now: number, used: readonly number[]): undefined | Promise<void>;
  /** Lets go of whatever the policy holds. */
  close(): void;
}
