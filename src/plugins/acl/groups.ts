/** Rows that name the groups of one consumer; the same list for as long as they do not change. */
export type Groups = readonly { readonly group: string }[];

/** Which groups a configuration lets through. */
export interface GroupRule {
  readonly allow: readonly string[] | null;
  readonly deny: readonly string[] | null;
}

/** Judges groups: false for a refusal, else their names as a header holds them. */
export interface Verdict {
  /** True where only the groups of a list are let through, so that who has none is not. */
  readonly isAllowList: boolean;
  /** Judges the groups of a consumer; each list once. */
  rows(groups: Groups): string | false;
  names(groups: readonly string[]): string | false;
}

/** Creates the {@link Verdict} of one configuration. A `deny` with something in it comes before `allow`. */
export function createVerdict({ allow, deny }: GroupRule): Verdict {
  const isAllowList = deny === null || deny.length === 0;
  const listed = new Set(isAllowList ? allow : deny);
  const known = new WeakMap<Groups, string | false>();

  function names(groups: readonly string[]): string | false {
    return groups.some((group) => listed.has(group)) === isAllowList && groups.join(', ');
  }

  return {
    isAllowList,
    names,
    rows(groups) {
      let verdict = known.get(groups);
      if (verdict === undefined) {
        verdict = names(groups.map((row) => row.group));
        known.set(groups, verdict);
      }
      return verdict;
    },
  };
}
