import type { RegexMatch } from '../../kernel/index.ts';
import type { RouteMatch, RouteRequest, RouteTarget } from '../types.ts';
import { meetsHeaders, meetsSni } from './conditions.ts';
import { freezeMatch, type RouteEntry, regexMatch } from './entry.ts';
import type { Outcome, OutcomeCache } from './outcome-cache.ts';

/**
 * From this effort on, remembering an outcome pays: asking the cache costs as much as two regular expressions, filling
 * it as much as ten. A pattern that V8 runs counts 1, one that RE2 has to run counts 8.
 */
const worthRemembering = 4;

/**
 * One request on its way through the entries. A router has one of these and uses it again and again, so that matching
 * allocates nothing.
 */
export class Search<T extends RouteTarget> {
  readonly #cache: OutcomeCache<T>;
  #request!: RouteRequest;
  #found: RegexMatch | null = null;
  #known: Outcome<T> | undefined;
  #wasCacheAsked = false;
  #sawHeaders = false;
  #effort = 0;

  constructor(cache: OutcomeCache<T>) {
    this.#cache = cache;
  }

  get request(): RouteRequest {
    return this.#request;
  }

  begin(request: RouteRequest): void {
    this.#request = request;
    this.#found = null;
    this.#known = undefined;
    this.#wasCacheAsked = false;
    this.#sawHeaders = false;
    this.#effort = 0;
  }

  /** Says that the outcome depends on the request's headers, so that it must not be remembered. */
  noteHeaders(): void {
    this.#sawHeaders = true;
  }

  /**
   * True when everything that an entry asks for is met, but for host and prefix, which are known to be. Before regular
   * expressions become an effort the cache is asked; what it knows ends the search: the entry counts as accepted, and
   * {@link Search.finish} gives the remembered outcome.
   */
  accepts(entry: RouteEntry<T>): boolean {
    if (entry.isUnconditional) return true;
    const request = this.#request;
    if (entry.methods !== undefined && !entry.methods.includes(request.method)) return false;
    if (entry.snis !== undefined && !meetsSni(entry.snis, request)) return false;
    if (entry.headers !== undefined) {
      this.#sawHeaders = true;
      if (!meetsHeaders(entry.headers, request)) return false;
    }
    return entry.regex === undefined || this.#matches(entry.regex);
  }

  #matches(regex: NonNullable<RouteEntry<T>['regex']>): boolean {
    this.#effort += regex.engine === 'v8' ? 1 : 8;
    if (this.#effort >= worthRemembering && !this.#wasCacheAsked) {
      this.#wasCacheAsked = true;
      this.#known = this.#cache.get(this.#request);
    }
    if (this.#known !== undefined) return true;
    const found = regex.exec(this.#request.path);
    if (found === null) return false;
    this.#found = found;
    return true;
  }

  /** The outcome, given the best entry that was accepted. */
  finish(best: RouteEntry<T> | undefined): RouteMatch<T> | undefined {
    if (this.#known !== undefined) return this.#known.match;
    const match = best === undefined ? undefined : this.#matchOf(best);
    if (this.#wasCacheAsked && !this.#sawHeaders) this.#cache.set(this.#request, match && freezeMatch(match));
    return match;
  }

  #matchOf(best: RouteEntry<T>): RouteMatch<T> {
    // Entries are accepted only when better than those accepted before: the last match found is the best one's.
    return best.regex === undefined ? best.match : regexMatch(best.target, this.#found!);
  }
}
