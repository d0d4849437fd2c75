/** How short names are completed. */
export interface SearchRules {
  readonly search: readonly string[];
  readonly ndots: number;
  /** Search domains are tried behind names with enough dots, too, after the names themselves (Kong's first client). */
  readonly searchAll: boolean;
}

/**
 * The names to look for in place of one, in order. A name that ends in a dot is taken as it is; one with fewer dots than
 * `ndots` is looked for in the search domains first, any other at last.
 */
export function searchNames(name: string, rules: SearchRules): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const hasEnough = name.split('.').length > rules.ndots;
  if (hasEnough && !rules.searchAll) return [name];
  const longer = rules.search.map((domain) => `${name}.${domain}`).filter(isAskable);
  return hasEnough ? [name, ...longer] : [...longer, name];
}

/** True for names that can stand in a question (RFC 1035 2.3.4): visible ASCII in labels of 1 to 63, 253 in all. */
export function isAskable(name: string): boolean {
  if (name.length > 253 || !/^[\x21-\x7e]+$/.test(name)) return false;
  return name.split('.').every((label) => label.length > 0 && label.length <= 63);
}

/** True for `_service._proto.name`, the shape of names of services (RFC 2782). */
export function isServiceName(name: string): boolean {
  return /^_[^._]+\._[^._]+\.[^.]/.test(name);
}
