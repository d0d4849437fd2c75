/** Where counts are kept, and how a request is counted. */
export interface Policy {
  /**
   * Counts one request of `identifier` against all limits at once, or against none when one of them has nothing left;
   * whatever runs beside it, no window ever lets more through than its limit, unless the policy says how far it may be off.
   * Returns what each limit had left before this request, in the order of the limits; 0 or less means refused. The list
   * is good until the next call. `now` is in milliseconds since the epoch.
   * @throws when counts cannot be read; a policy that answers later rejects.
   */
  take(identifier: string, now: number): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Lets go of whatever the policy holds. */
  close(): void;
}
